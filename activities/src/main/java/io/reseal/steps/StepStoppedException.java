package io.reseal.steps;

import io.reseal.contract.FailureType;
import io.reseal.contract.HasFailureType;

/** A step was asked to stop and did so between two parts of its work. */
final class StepStoppedException extends RuntimeException implements HasFailureType {

  StepStoppedException() {
    super("The step was stopped.");
  }

  @Override
  public FailureType failureType() {
    return FailureType.HOST_STAGE_DIED;
  }
}
