package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The input of a tour.
 *
 * @param host the host that has the store
 * @param store the store's name
 * @param plan how its copies are checked
 * @param progress what an earlier run of the same tour hands over, or null at the start
 */
public record ScrubRequest(
    @JsonProperty("host") String host,
    @JsonProperty("store") String store,
    @JsonProperty("plan") ScrubPlan plan,
    @JsonProperty("progress") ScrubProgress progress) {

  /** The same request for a run that continues where an earlier one stopped. */
  public ScrubRequest from(ScrubProgress reached) {
    return new ScrubRequest(host, store, plan, reached);
  }
}
