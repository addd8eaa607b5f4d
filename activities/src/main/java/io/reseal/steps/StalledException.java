package io.reseal.steps;

import io.reseal.contract.FailureType;
import io.reseal.contract.HasFailureType;

/** A stage was ended because it made no progress. */
final class StalledException extends RuntimeException implements HasFailureType {

  private static final long serialVersionUID = 1L;

  private final FailureType type;

  /**
   * @param attempt which attempt of the step this is: the first is tried again in place, and a
   *     later one elsewhere
   */
  StalledException(String message, int attempt) {
    super(message);
    this.type = attempt > 1 ? FailureType.HOST_STALLED : FailureType.HOST_STAGE_DIED;
  }

  @Override
  public FailureType failureType() {
    return type;
  }
}
