package io.reseal.contract;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** A host's part in a scan for losses. */
@ActivityInterface
public interface StoreLookActivities {

  /**
   * Looks at the presence and sizes of the files that prove the miner's live sectors, in each of
   * this host's stores, and records what it finds.
   */
  @ActivityMethod(name = "LookAtStores")
  void look(LossScan scan);
}
