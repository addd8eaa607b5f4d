package io.reseal.contract;

import io.reseal.sector.SectorId;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** What a host reports to the software of the miner whose files it has stored. */
@ActivityInterface
public interface DeclareActivities {

  /**
   * Declares the files of a sector in this host's stores; doing so again changes nothing. Null if
   * no software is configured for the miner.
   */
  @ActivityMethod(name = "DeclareFiles")
  SoftwareAnswer declare(SectorId sector);
}
