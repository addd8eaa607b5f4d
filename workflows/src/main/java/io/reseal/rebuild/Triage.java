package io.reseal.rebuild;

import io.reseal.contract.FailureType;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TimeoutFailure;

/**
 * What a failed activity means for a rebuild.
 *
 * @param type what failed, or null for what no type describes: a timeout, a fault of the program
 * @param reason one or two sentences for people
 * @param mayPass whether trying again by itself after a while makes sense
 */
record Triage(FailureType type, String reason, boolean mayPass) {

  static Triage of(String what, ActivityFailure failure) {
    if (failure.getCause() instanceof ApplicationFailure cause) {
      FailureType type = FailureType.find(cause.getType()).orElse(null);
      return new Triage(
          type,
          "%s: %s %s"
              .formatted(
                  cause.getType(),
                  sentence(cause.getOriginalMessage()),
                  type == null
                      ? "Look at the host and its worker's log, then resume."
                      : type.whatToDo()),
          type != null && type.mayPass());
    }
    if (failure.getCause() instanceof TimeoutFailure timeout) {
      return new Triage(
          null,
          "%s got no answer in time (%s), after all its attempts."
              .formatted(what, timeout.getTimeoutType()),
          true);
    }
    return new Triage(null, "%s failed: %s".formatted(what, failure.getMessage()), false);
  }

  private static String sentence(String message) {
    return message.endsWith(".") ? message : message + ".";
  }

  static boolean isCancellation(ActivityFailure failure) {
    return failure.getCause() instanceof CanceledFailure;
  }

  boolean isScratchLost() {
    return type == FailureType.SCRATCH_LOST;
  }

  /** Whether the sealed files themselves are wrong, so that a retry must begin from the start. */
  boolean isWrongSeal() {
    return type == FailureType.SECTOR_COMM_R_MISMATCH || type == FailureType.SECTOR_SEAL_INVALID;
  }
}
