package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.plan.Repair;
import io.reseal.plan.Unsealing;

/**
 * What a step on a sealing host reports when it has succeeded.
 *
 * @param startedAt epoch milliseconds when the successful attempt began on the host
 * @param endedAt epoch milliseconds when it ended there
 * @param coreMillis milliseconds of it spent inside the stage process
 * @param attempt the attempt that succeeded, from 1
 * @param intactIn name of the store that has the sector intact and provable, so that there is
 *     nothing to do; null otherwise
 * @param keyIn name of the store whose copy of a snapped sector's key is kept, because it is intact
 *     and provable while the update is lost: found by the step that searches for pieces and used by
 *     the steps after it; null if there is none
 * @param toDownload pieces that are available but not on the host yet, reported by the step that
 *     looks for them; 0 otherwise
 * @param stored the copy that the step put into a store; null if it stored none
 * @param repaired what the step did about what a copy lacked that is intact otherwise; null if it
 *     lacked nothing
 * @param repair what the host can do instead of sealing, found by the step that looks for what is
 *     left; null if there is nothing like that, and from a worker of an older version
 * @param keyLost why a snapped sector's key, which no proof reads, stays lost, for people; null if
 *     it is there or is made, and from a worker of an older version
 * @param unsealing how the unsealed copy is to be made, found by the step that looks for what is
 *     left; null if none is wanted, and from a worker of an older version
 * @param detail one line for people, e.g. {@code 2 layers, 1 of them kept from before}; never null
 */
public record StageReport(
    @JsonProperty("startedAt") long startedAt,
    @JsonProperty("endedAt") long endedAt,
    @JsonProperty("coreMillis") long coreMillis,
    @JsonProperty("attempt") int attempt,
    @JsonProperty("intactIn") String intactIn,
    @JsonProperty("keyIn") String keyIn,
    @JsonProperty("toDownload") int toDownload,
    @JsonProperty("stored") StoredCopy stored,
    @JsonProperty("repaired") String repaired,
    @JsonProperty("repair") Repair repair,
    @JsonProperty("keyLost") String keyLost,
    @JsonProperty("unsealing") Unsealing unsealing,
    @JsonProperty("detail") String detail) {

  /** A report of a step that found nothing to repair. */
  public StageReport(
      long startedAt,
      long endedAt,
      long coreMillis,
      int attempt,
      String intactIn,
      String keyIn,
      int toDownload,
      StoredCopy stored,
      String repaired,
      String detail) {
    this(
        startedAt,
        endedAt,
        coreMillis,
        attempt,
        intactIn,
        keyIn,
        toDownload,
        stored,
        repaired,
        null,
        null,
        null,
        detail);
  }
}
