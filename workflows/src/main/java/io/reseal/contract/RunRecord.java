package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;

/**
 * A rebuild run as the catalog stores it: one row, updated at each change.
 *
 * @param runId the rebuild's id: Temporal's id of its first run
 * @param workflowId Temporal's workflow id
 * @param sector which sector
 * @param state its state
 * @param host where it last held a thread, or null
 * @param threadIndex which one, or null
 * @param startedAt epoch milliseconds
 * @param updatedAt epoch milliseconds of the newest change
 * @param endedAt epoch milliseconds, or null while it runs
 * @param attempts attempts of all steps together
 * @param batch name of the batch that started it, or null
 * @param paused why it is paused, or null
 * @param attention why it waits for a person and what to do, or null
 * @param lastError the newest failure, or null
 * @param requestedBy who requested it
 * @param currentRunId Temporal's id of the run that it continued in, or null for the first one
 * @param onlyUnsealed whether it makes the unsealed copy and nothing else
 */
public record RunRecord(
    @JsonProperty("runId") String runId,
    @JsonProperty("workflowId") String workflowId,
    @JsonProperty("sector") SectorId sector,
    @JsonProperty("state") RebuildState state,
    @JsonProperty("host") String host,
    @JsonProperty("threadIndex") Integer threadIndex,
    @JsonProperty("startedAt") long startedAt,
    @JsonProperty("updatedAt") long updatedAt,
    @JsonProperty("endedAt") Long endedAt,
    @JsonProperty("attempts") int attempts,
    @JsonProperty("batch") String batch,
    @JsonProperty("paused") String paused,
    @JsonProperty("attention") String attention,
    @JsonProperty("lastError") String lastError,
    @JsonProperty("requestedBy") String requestedBy,
    @JsonProperty("currentRunId") String currentRunId,
    @JsonProperty("onlyUnsealed") boolean onlyUnsealed) {

  public RunRecord(
      String runId,
      String workflowId,
      SectorId sector,
      RebuildState state,
      String host,
      Integer threadIndex,
      long startedAt,
      long updatedAt,
      Long endedAt,
      int attempts,
      String batch,
      String paused,
      String attention,
      String lastError,
      String requestedBy) {
    this(
        runId,
        workflowId,
        sector,
        state,
        host,
        threadIndex,
        startedAt,
        updatedAt,
        endedAt,
        attempts,
        batch,
        paused,
        attention,
        lastError,
        requestedBy,
        null,
        false);
  }

  /** The id under which Temporal knows the rebuild's newest run. */
  public String runInTemporal() {
    return currentRunId == null ? runId : currentRunId;
  }
}
