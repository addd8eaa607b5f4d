package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;

/**
 * Reports the progress of one of a batch's rebuilds: when it has ended, when it parks, and when it
 * goes on. Sending it twice does no harm.
 *
 * @param sector which sector
 * @param state the state its rebuild is in
 * @param parked whether it is parked, or paused by an operator
 * @param why why it is parked or paused, or null
 */
public record BatchNews(
    @JsonProperty("sector") SectorId sector,
    @JsonProperty("state") RebuildState state,
    @JsonProperty("parked") boolean parked,
    @JsonProperty("why") String why) {

  private static final int WHY_LIMIT = 300;

  /** What a batch needs to know of a recorded run. */
  public static BatchNews of(RunRecord run) {
    String why = run.attention() == null ? run.paused() : run.attention();
    boolean parked = run.endedAt() == null && why != null;
    return new BatchNews(run.sector(), run.state(), parked, parked ? cut(why) : null);
  }

  private static String cut(String text) {
    return text.length() <= WHY_LIMIT ? text : text.substring(0, WHY_LIMIT - 1) + "…";
  }
}
