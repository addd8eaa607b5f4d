package io.reseal.rebuild;

import io.reseal.contract.FailureType;
import io.reseal.sector.RebuildState;
import io.temporal.api.enums.v1.TimeoutType;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.TimeoutFailure;
import java.util.Optional;

/**
 * What a failed activity means for a rebuild.
 *
 * @param type the failure's type, or null if it has none, e.g. a timeout or a bug
 * @param message the failure's own message, as a sentence
 * @param reason the message with its type and what to do: one or two sentences for operators
 * @param mayPass whether an automatic retry after a while makes sense
 * @param progressed whether the step's attempts were used up, but the last one finished something
 *     that stays, e.g. a layer
 * @param silent whether the last attempt's host fell silent, which says nothing about the step
 * @param computed for a wrong CommR what the host computed instead, to compare hosts; or null
 */
record Triage(
    FailureType type,
    String message,
    String reason,
    boolean mayPass,
    boolean progressed,
    boolean silent,
    String computed) {

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
          type != null && type.isRetried() && hasProgressed(cause),
          false,
          type == FailureType.SECTOR_COMM_R_MISMATCH ? computed(cause) : null);
    }
    if (failure.getCause() instanceof TimeoutFailure timeout) {
      String message =
          "%s did not answer in time (%s) in any of its attempts."
              .formatted(what, timeout.getTimeoutType());
      return new Triage(
          null,
          message,
          message,
          true,
          false,
          timeout.getTimeoutType() == TimeoutType.TIMEOUT_TYPE_HEARTBEAT,
          null);
    }
    return of("%s failed: %s".formatted(what, failure.getMessage()));
  }

  /** Something that is not a failed activity and waits for an operator. */
  static Triage of(String reason) {
    return new Triage(null, reason, reason, false, false, false, null);
  }

  /** The same failure with another reason for operators. */
  Triage because(String newReason) {
    return new Triage(type, message, newReason, mayPass, progressed, silent, computed);
  }

  /** A host of this version adds what it has computed as a detail. */
  private static String computed(ApplicationFailure cause) {
    return cause.getDetails().getSize() > 0 ? cause.getDetails().get(String.class) : null;
  }

  /** A host that wants a temporary failure to start the step over adds the detail {@code true}. */
  private static boolean hasProgressed(ApplicationFailure cause) {
    return cause.isNonRetryable()
        && cause.getDetails().getSize() > 0
        && Boolean.TRUE.equals(cause.getDetails().get(Boolean.class));
  }

  private static String sentence(String message) {
    return message.endsWith(".") ? message : message + ".";
  }

  /** How the rebuild continues; a failure without a type parks it. */
  FailureType.Course course() {
    return FailureType.courseOf(Optional.ofNullable(type));
  }

  /**
   * Whether nothing else explains a wrong CommR than wrong inputs or a host that computes wrongly.
   */
  boolean mayBeInputs() {
    return type == FailureType.SECTOR_COMM_R_MISMATCH && computed != null;
  }

  /**
   * Whether even finished layers are unusable: they have their digests, but they may have been
   * computed wrongly, or were copied from a store that had wrong ones.
   */
  boolean spoilsLayers() {
    return type == FailureType.SECTOR_COMM_R_MISMATCH
        || type == FailureType.SECTOR_SEAL_INVALID
        || type == FailureType.HOST_PARENT_CACHE
        || type == FailureType.STORE_LAYERS_WRONG;
  }

  /** The state that the unusable files are made from; empty if no files or all are unusable. */
  Optional<RebuildState> madeFrom() {
    if (type == null) {
      return Optional.empty();
    }
    return switch (type) {
      case SCRATCH_SEALED_DAMAGED -> Optional.of(RebuildState.PC1_DONE);
      case SECTOR_UPDATE_INVALID -> Optional.of(RebuildState.SEALED_CHECKED);
      case SCRATCH_UPDATE_DAMAGED -> Optional.of(RebuildState.SNAP_TREE_D_BUILT);
      case STORE_COPY_DAMAGED -> Optional.of(RebuildState.SNAP_DONE);
      default -> Optional.empty();
    };
  }

  /** Whether the data of a piece are nowhere to be had. */
  boolean lacksPiece() {
    return type == FailureType.SECTOR_PIECE_MISSING || type == FailureType.SECTOR_PIECE_MISMATCH;
  }

  /** Whether the finished steps are unusable, so that the rebuild must start from the beginning. */
  boolean spoilsScratch() {
    return type == FailureType.SCRATCH_LOST
        || type == FailureType.SECTOR_KEY_DAMAGED
        || type == FailureType.STORE_REPLICA_DAMAGED
        || spoilsLayers();
  }
}
