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
 * @param again set only in answers to a batch's question: no rebuild of the sector is running, and
 *     none since the batch was requested has ended, so the batch has to start one; else null
 */
public record BatchNews(
    @JsonProperty("sector") SectorId sector,
    @JsonProperty("state") RebuildState state,
    @JsonProperty("parked") boolean parked,
    @JsonProperty("why") String why,
    @JsonProperty("again") BatchSector again) {

  private static final int WHY_LIMIT = 300;

  public BatchNews(SectorId sector, RebuildState state, boolean parked, String why) {
    this(sector, state, parked, why, null);
  }

  /** No rebuild of the sector is running, and none has ended for the batch. */
  public static BatchNews startAgain(BatchSector sector) {
    return new BatchNews(sector.sector(), RebuildState.EMPTY, false, null, sector);
  }

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
