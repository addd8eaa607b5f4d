package io.reseal.threads;

import io.reseal.contract.ThreadGrant;
import io.reseal.sector.SectorId;

/** What Temporal knows of the threads that rebuilds hold. */
public interface RebuildHolds {

  /**
   * Whether a sector's rebuild holds that thread, or returns to it when its hold is retried; true
   * if this cannot be found out. False if the rebuild has ended, holds no thread, or holds another
   * one.
   */
  boolean mayHave(SectorId sector, ThreadGrant thread);
}
