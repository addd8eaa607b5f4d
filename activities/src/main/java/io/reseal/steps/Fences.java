package io.reseal.steps;

import io.reseal.files.Fence;
import io.temporal.activity.ActivityInfo;

/** Gives an activity's attempt its rank among all attempts that change a sector's files. */
final class Fences {

  private Fences() {}

  static Fence of(ActivityInfo activity) {
    return new Fence(
        activity.getScheduledTimestamp(), 0, activity.getAttempt(), activity.getWorkflowRunId());
  }
}
