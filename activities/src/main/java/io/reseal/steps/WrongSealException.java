package io.reseal.steps;

import io.reseal.contract.FailureType;
import io.reseal.contract.HasFailureType;

/** The sealed files differ from the record; the message lists possible explanations. */
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
