package io.reseal.steps;

import io.reseal.contract.FailureType;
import io.reseal.contract.HasFailureType;

/** What was sealed is not what the record says; the message tells what could explain it. */
final class WrongSealException extends Exception implements HasFailureType {

  private static final long serialVersionUID = 1;

  private final FailureType type;

  WrongSealException(FailureType type, String message) {
    super(message);
    this.type = type;
  }

  @Override
  public FailureType failureType() {
    return type;
  }
}
