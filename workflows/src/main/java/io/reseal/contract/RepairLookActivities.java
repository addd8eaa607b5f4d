package io.reseal.contract;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** What a host can do for the losses that a scan has found. */
@ActivityInterface
public interface RepairLookActivities {

  /**
   * Looks for what this host's stores still have of the miner's lost sectors, for their pieces, and
   * for room, and records what it finds. Every host has recorded by then what its stores lack.
   */
  @ActivityMethod(name = "LookForRepairs")
  void lookForRepairs(LossScan scan);
}
