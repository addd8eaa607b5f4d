package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;

/**
 * Tells a batch how one of its rebuilds stands: when it has ended, when it parks, and when it goes
 * on. Telling it twice does no harm.
 *
 * @param sector which sector
 * @param state the state its rebuild is in
 * @param parked whether it stands still: parked, or paused by an operator
 * @param why why it stands still, or null
 */
public record BatchNews(
    @JsonProperty("sector") SectorId sector,
    @JsonProperty("state") RebuildState state,
    @JsonProperty("parked") boolean parked,
    @JsonProperty("why") String why) {

  private static final int WHY_LIMIT = 300;

  /** What a recorded run is to a batch. */
  public static BatchNews of(RunRecord run) {
    String why = run.attention() == null ? run.paused() : run.attention();
    boolean parked = run.endedAt() == null && why != null;
    return new BatchNews(run.sector(), run.state(), parked, parked ? cut(why) : null);
  }

  private static String cut(String text) {
    return text.length() <= WHY_LIMIT ? text : text.substring(0, WHY_LIMIT - 1) + "…";
  }
}
