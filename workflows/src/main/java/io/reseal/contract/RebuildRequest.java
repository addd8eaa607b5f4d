package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.plan.UnsealedWish;
import io.reseal.sector.SectorId;

/**
 * The input of a rebuild.
 *
 * @param sector which sector
 * @param timings how long to wait for each kind of event
 * @param requestedBy who requested it, for the record
 * @param prove whether to make a seal proof too, even if the record does not require one
 * @param force whether to seal even if a store has the sector's files intact and provable
 * @param host the only host that may do it, or null for any
 * @param batch name of the batch that started it, or null
 * @param urgent whether it is served before others, for a sealing thread and for a core to label on
 * @param unsealed what it does about the sector's unsealed copy; null: nothing
 * @param priority Temporal's level of its wait for a thread, from 1 (first) to 5; null: 1 if it is
 *     urgent, otherwise the usual 3
 * @param candidates how many inputs are tried until one gives the recorded CommR, the recorded ones
 *     included; null: only those
 * @param continuation what an earlier run of the same rebuild hands over, or null at the start
 */
public record RebuildRequest(
    @JsonProperty("sector") SectorId sector,
    @JsonProperty("timings") Timings timings,
    @JsonProperty("requestedBy") String requestedBy,
    @JsonProperty("prove") boolean prove,
    @JsonProperty("force") boolean force,
    @JsonProperty("host") String host,
    @JsonProperty("batch") String batch,
    @JsonProperty("urgent") boolean urgent,
    @JsonProperty("unsealed") UnsealedWish unsealed,
    @JsonProperty("priority") Integer priority,
    @JsonProperty("candidates") Integer candidates,
    @JsonProperty("continuation") Continuation continuation) {

  /** A request that does nothing about the unsealed copy. */
  public RebuildRequest(
      SectorId sector,
      Timings timings,
      String requestedBy,
      boolean prove,
      boolean force,
      String host,
      String batch,
      boolean urgent) {
    this(sector, timings, requestedBy, prove, force, host, batch, urgent, null, null, null, null);
  }

  /** The same with a wish about the unsealed copy, or null. */
  public RebuildRequest with(UnsealedWish wish) {
    return with(wish, priority, candidates, continuation);
  }

  /** The same with a priority, or null for the usual one. */
  public RebuildRequest withPriority(Integer level) {
    return with(unsealed, level, candidates, continuation);
  }

  /** The same with a number of inputs to try, or null for the recorded ones alone. */
  public RebuildRequest withCandidates(Integer most) {
    return with(unsealed, priority, most, continuation);
  }

  /** The same request for a run that continues where an earlier one stopped. */
  public RebuildRequest from(Continuation reached) {
    return with(unsealed, priority, candidates, reached);
  }

  private RebuildRequest with(
      UnsealedWish wish, Integer level, Integer most, Continuation reached) {
    return new RebuildRequest(
        sector,
        timings,
        requestedBy,
        prove,
        force,
        host,
        batch,
        urgent,
        wish,
        level,
        most,
        reached);
  }
}
