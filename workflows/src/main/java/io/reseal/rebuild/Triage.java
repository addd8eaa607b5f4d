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
 * @param message what the failure itself says: a sentence
 * @param reason the same with its type and what to do: one or two sentences for people
 * @param mayPass whether trying again by itself after a while makes sense
 * @param progressed whether the step's attempts were used up, but the last of them has finished
 *     something that stays, as a layer
 */
record Triage(
    FailureType type, String message, String reason, boolean mayPass, boolean progressed) {

  static Triage of(String what, ActivityFailure failure) {
    if (failure.getCause() instanceof ApplicationFailure cause) {
      FailureType type = FailureType.find(cause.getType()).orElse(null);
      String message = sentence(cause.getOriginalMessage());
      return new Triage(
          type,
          message,
          "%s: %s %s"
              .formatted(
                  cause.getType(),
                  message,
                  type == null
                      ? "Check the host and its worker's log, then resume."
                      : type.whatToDo()),
          type != null && type.mayPass(),
          type != null && type.isRetried() && hasProgressed(cause));
    }
    if (failure.getCause() instanceof TimeoutFailure timeout) {
      String message =
          "%s got no answer in time (%s), after all its attempts."
              .formatted(what, timeout.getTimeoutType());
      return new Triage(null, message, message, true, false);
    }
    String message = "%s failed: %s".formatted(what, failure.getMessage());
    return new Triage(null, message, message, false, false);
  }

  /**
   * A temporary failure that its host does not want retried says so by a detail of {@code true}.
   */
  private static boolean hasProgressed(ApplicationFailure cause) {
    return cause.isNonRetryable()
        && cause.getDetails().getSize() > 0
        && Boolean.TRUE.equals(cause.getDetails().get(Boolean.class));
  }

  private static String sentence(String message) {
    return message.endsWith(".") ? message : message + ".";
  }

  static boolean isCancellation(ActivityFailure failure) {
    return failure.getCause() instanceof CanceledFailure;
  }

  /** What the failure does to the rebuild; a failure that no type describes parks it. */
  FailureType.Course course() {
    return type == null ? FailureType.Course.PARK : type.course();
  }

  /** Whether the key is right and what was made of it is of no use. */
  boolean spoilsUpdate() {
    return type == FailureType.SECTOR_UPDATE_INVALID;
  }

  /** Whether the finished steps are of no use, so that going on means beginning from the start. */
  boolean spoilsScratch() {
    return type == FailureType.SCRATCH_LOST
        || type == FailureType.SECTOR_KEY_DAMAGED
        || type == FailureType.SECTOR_COMM_R_MISMATCH
        || type == FailureType.SECTOR_SEAL_INVALID;
  }
}
