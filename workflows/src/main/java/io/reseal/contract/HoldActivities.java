package io.reseal.contract;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Holding a sealing thread of some host. */
@ActivityInterface
public interface HoldActivities {

  /** The activity's name in Temporal. */
  String TYPE = "HoldSealingThread";

  /**
   * Takes a free sealing thread, notifies the workflow by {@link RebuildWorkflow#threadHeld}, and
   * heartbeats until the thread is released. An attempt that finds no thread for the sector fails
   * with {@link FailureType#HOST_NO_THREAD} and is retried, on any host.
   */
  @ActivityMethod(name = HoldActivities.TYPE)
  void hold(HoldRequest request);
}
