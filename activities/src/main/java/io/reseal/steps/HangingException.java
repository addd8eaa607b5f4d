package io.reseal.steps;

import io.reseal.contract.FailureType;
import io.reseal.contract.HasFailureType;

/** Work on files made no progress, so it was left: a disk or network file system hangs. */
final class HangingException extends RuntimeException implements HasFailureType {

  private static final long serialVersionUID = 1L;

  HangingException(String message) {
    super(message);
  }

  @Override
  public FailureType failureType() {
    return FailureType.HOST_IO;
  }
}
