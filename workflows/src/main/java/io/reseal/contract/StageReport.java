package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What a step on a sealing host tells when it has succeeded.
 *
 * @param startedAt epoch milliseconds when the successful attempt began on the host
 * @param endedAt epoch milliseconds when it ended there
 * @param coreMillis milliseconds of it spent inside the stage process
 * @param attempt the attempt that succeeded, from 1
 * @param intactIn name of the store that has the sector intact and provable, so that nothing is to
 *     be done; null otherwise
 * @param keyIn name of the store that has a snapped sector's key intact and provable while its update
 *     is lost, so that the key need not be sealed again, told by the step that looks for pieces;
 *     null otherwise
 * @param toDownload pieces that are within reach but not on the host yet, told by the step that
 *     looks for them; 0 otherwise
 * @param detail one line for people, as {@code 2 layers, 1 of them kept from before}; never null
 */
public record StageReport(
    @JsonProperty("startedAt") long startedAt,
    @JsonProperty("endedAt") long endedAt,
    @JsonProperty("coreMillis") long coreMillis,
    @JsonProperty("attempt") int attempt,
    @JsonProperty("intactIn") String intactIn,
    @JsonProperty("keyIn") String keyIn,
    @JsonProperty("toDownload") int toDownload,
    @JsonProperty("detail") String detail) {

  /** A report of a step that looks for no pieces. */
  public StageReport(
      long startedAt, long endedAt, long coreMillis, int attempt, String intactIn, String detail) {
    this(startedAt, endedAt, coreMillis, attempt, intactIn, null, 0, detail);
  }
}
