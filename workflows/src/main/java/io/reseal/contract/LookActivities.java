package io.reseal.contract;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Looks at the chain for a sector that was put back. */
@ActivityInterface
public interface LookActivities {

  /** What the chain says now, also kept in the catalog. Null if no node is configured. */
  @ActivityMethod(name = "LookAtChain")
  OnChain look(FollowRequest request);
}
