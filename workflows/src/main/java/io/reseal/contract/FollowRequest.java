package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.sector.SectorId;

/**
 * A sector that was put back, to follow until the chain has it proven.
 *
 * @param sector which sector
 * @param runId the rebuild that put it back
 * @param host whose stores have its files
 * @param batch the batch of that rebuild, or null
 * @param reached what an earlier run has reached, or null
 */
public record FollowRequest(
    @JsonProperty("sector") SectorId sector,
    @JsonProperty("runId") String runId,
    @JsonProperty("host") String host,
    @JsonProperty("batch") String batch,
    @JsonProperty("reached") Reached reached) {

  /**
   * How far it is.
   *
   * @param software what the miner's software has answered, or null
   * @param onChain what the chain showed last, or null
   */
  public record Reached(
      @JsonProperty("software") SoftwareAnswer software,
      @JsonProperty("onChain") OnChain onChain) {}

  /** The same request, to be continued in a new run. */
  public FollowRequest from(Reached other) {
    return new FollowRequest(sector, runId, host, batch, other);
  }
}
