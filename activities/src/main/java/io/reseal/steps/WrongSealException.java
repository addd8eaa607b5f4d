package io.reseal.steps;

import io.reseal.contract.FailureType;

/** What was sealed is not what the record says; the message tells what could explain it. */
final class WrongSealException extends Exception {

  private static final long serialVersionUID = 1;

  private final FailureType type;

  WrongSealException(FailureType type, String message) {
    super(message);
    this.type = type;
  }

  FailureType type() {
    return type;
  }
}
