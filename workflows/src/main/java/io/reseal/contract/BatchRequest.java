package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.plan.UnsealedWish;

/**
 * The input of a batch; its sectors are in the catalog under its name.
 *
 * @param name the batch's name
 * @param sectors how many sectors it has
 * @param parallel rebuilds that may run at a time
 * @param timings the timings its rebuilds are started with
 * @param requestedBy who requested it, for the record
 * @param prove see {@link RebuildRequest#prove()}
 * @param force see {@link RebuildRequest#force()}
 * @param host see {@link RebuildRequest#host()}
 * @param progress how far an earlier run of the same batch has come, or null at the start
 * @param urgent see {@link RebuildRequest#urgent()}
 * @param unsealed see {@link RebuildRequest#unsealed()}
 * @param byCost whether the order of what has not begun follows the cost of waiting; null: no
 */
public record BatchRequest(
    @JsonProperty("name") String name,
    @JsonProperty("sectors") int sectors,
    @JsonProperty("parallel") int parallel,
    @JsonProperty("timings") Timings timings,
    @JsonProperty("requestedBy") String requestedBy,
    @JsonProperty("prove") boolean prove,
    @JsonProperty("force") boolean force,
    @JsonProperty("host") String host,
    @JsonProperty("progress") BatchProgress progress,
    @JsonProperty("urgent") boolean urgent,
    @JsonProperty("unsealed") UnsealedWish unsealed,
    @JsonProperty("byCost") Boolean byCost) {

  /** The same request for a run that continues where an earlier one stopped. */
  public BatchRequest from(BatchProgress reached) {
    return new BatchRequest(
        name,
        sectors,
        parallel,
        timings,
        requestedBy,
        prove,
        force,
        host,
        reached,
        urgent,
        unsealed,
        byCost);
  }
}
