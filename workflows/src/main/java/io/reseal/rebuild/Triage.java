package io.reseal.rebuild;

import io.reseal.contract.FailureTypes;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TimeoutFailure;

/**
 * What a failed activity means for a rebuild.
 *
 * @param type one of {@link FailureTypes}, or the kind of timeout
 * @param reason one or two sentences for people
 * @param mayPass whether trying again by itself after a while makes sense
 */
record Triage(String type, String reason, boolean mayPass) {

  static Triage of(String what, ActivityFailure failure) {
    if (failure.getCause() instanceof ApplicationFailure cause) {
      return new Triage(
          cause.getType(),
          "%s: %s %s"
              .formatted(
                  cause.getType(),
                  sentence(cause.getOriginalMessage()),
                  FailureTypes.whatToDo(cause.getType())),
          FailureTypes.mayPass(cause.getType()));
    }
    if (failure.getCause() instanceof TimeoutFailure timeout) {
      return new Triage(
          timeout.getTimeoutType().name(),
          "%s got no answer in time (%s), %s."
              .formatted(what, timeout.getTimeoutType(), "after all its attempts"),
          true);
    }
    return new Triage("Unknown", "%s failed: %s".formatted(what, failure.getMessage()), false);
  }

  private static String sentence(String message) {
    return message.endsWith(".") ? message : message + ".";
  }

  static boolean isCancellation(ActivityFailure failure) {
    return failure.getCause() instanceof CanceledFailure;
  }

  boolean isScratchLost() {
    return type.equals(FailureTypes.SCRATCH_LOST);
  }

  /** Whether the sealed files themselves are wrong, so that a retry must begin from the start. */
  boolean isWrongSeal() {
    return type.equals(FailureTypes.SECTOR_COMM_R_MISMATCH)
        || type.equals(FailureTypes.SECTOR_SEAL_INVALID);
  }
}
