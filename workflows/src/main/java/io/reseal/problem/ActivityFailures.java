package io.reseal.problem;

import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import java.util.Optional;

/** Reads what is inside Temporal's failure of an activity. */
public final class ActivityFailures {

  private ActivityFailures() {}

  /** Whether the workflow was cancelled, so that nothing has failed. */
  public static boolean isCancellation(RuntimeException failure) {
    return failure instanceof CanceledFailure
        || (failure instanceof ActivityFailure && failure.getCause() instanceof CanceledFailure);
  }

  /** The activity's own message; empty if its worker did not answer. */
  public static Optional<String> message(ActivityFailure failure) {
    return failure.getCause() instanceof ApplicationFailure cause
        ? Optional.of(cause.getOriginalMessage())
        : Optional.empty();
  }
}
