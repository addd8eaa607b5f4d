package io.reseal.core;

/** A stage process ended without telling a result. */
public final class StageDiedException extends Exception {

  public StageDiedException(String message) {
    super(message);
  }
}
