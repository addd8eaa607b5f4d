package io.reseal.contract;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Holding a sealing thread of some host. */
@ActivityInterface
public interface HoldActivities {

  /**
   * Takes a free sealing thread, notifies the workflow by {@link RebuildWorkflow#threadHeld}, and
   * heartbeats until the thread is released. An attempt that finds no thread for the sector fails
   * with {@link FailureType#HOST_NO_THREAD} and is retried, on any host.
   */
  @ActivityMethod(name = "HoldSealingThread")
  void hold(HoldRequest request);
}
