package io.reseal.files;

import io.reseal.sector.SectorId;

/** Knows which runs of rebuilds have ended. */
public interface EndedRuns {

  /** For commands, and where Temporal cannot be asked. */
  EndedRuns UNKNOWN = (sector, runId) -> false;

  /** Whether that run of the sector's rebuild has ended; false if that cannot be found out. */
  boolean hasEnded(SectorId sector, String runId);
}
