package io.reseal.steps;

import io.reseal.contract.FailureType;
import io.reseal.contract.HasFailureType;
import java.util.Optional;

/** The sealed files differ from the record; the message lists possible explanations. */
final class WrongSealException extends Exception implements HasFailureType {

  private static final long serialVersionUID = 1;

  private final FailureType type;
  private final String computed;

  WrongSealException(FailureType type, String message) {
    this(type, message, null);
  }

  /**
   * @param computed what this host computed, to compare it with another one; or null
   */
  WrongSealException(FailureType type, String message, String computed) {
    super(message);
    this.type = type;
    this.computed = computed;
  }

  Optional<String> computed() {
    return Optional.ofNullable(computed);
  }

  @Override
  public FailureType failureType() {
    return type;
  }
}
