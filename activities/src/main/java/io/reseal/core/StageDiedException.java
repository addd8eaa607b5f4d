package io.reseal.core;

import io.reseal.contract.FailureType;
import io.reseal.contract.HasFailureType;

/** A stage process ended without reporting a result. */
public final class StageDiedException extends Exception implements HasFailureType {

  /** What ended it. */
  public enum Cause {
    /** It was stopped or killed from outside. */
    STOPPED,
    /** The host had too little memory. */
    MEMORY,
    /** It crashed. */
    CRASH
  }

  private final Cause reason;

  public StageDiedException(String message) {
    this(message, Cause.STOPPED);
  }

  public StageDiedException(String message, Cause reason) {
    super(message);
    this.reason = reason;
  }

  public Cause reason() {
    return reason;
  }

  @Override
  public FailureType failureType() {
    return reason == Cause.MEMORY ? FailureType.HOST_MEMORY : FailureType.HOST_STAGE_DIED;
  }
}
