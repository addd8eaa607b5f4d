package io.reseal.steps;

import io.reseal.contract.ThreadGrant;
import io.reseal.files.Fence;
import io.temporal.activity.ActivityInfo;

/** Gives an activity's attempt its rank among all attempts that change a sector's files. */
final class Fences {

  private Fences() {}

  static Fence of(ActivityInfo activity, ThreadGrant thread) {
    return new Fence(
        activity.getScheduledTimestamp(),
        thread.number() == null ? 0 : thread.number(),
        activity.getAttempt(),
        activity.getWorkflowRunId());
  }
}
