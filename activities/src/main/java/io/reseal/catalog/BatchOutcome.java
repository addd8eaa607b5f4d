package io.reseal.catalog;

import io.reseal.contract.RunRecord;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;

/**
 * The status of one sector of a batch.
 *
 * @param ordinal its place in the batch, from 0
 * @param sector which sector
 * @param run its newest rebuild that started after the batch or was running by then, or null
 */
public record BatchOutcome(int ordinal, SectorId sector, RunRecord run) {

  /** The states of a sector of a batch. */
  public enum Kind {
    QUEUED,
    RUNNING,
    PARKED,
    FINISHED,
    DROPPED
  }

  public Kind kind() {
    if (run == null) {
      return Kind.QUEUED;
    }
    if (run.endedAt() != null) {
      return run.state() == RebuildState.FINISHED ? Kind.FINISHED : Kind.DROPPED;
    }
    return run.attention() != null || run.paused() != null ? Kind.PARKED : Kind.RUNNING;
  }
}
