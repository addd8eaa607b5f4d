package io.reseal.standin;

/** A stand-in failed at its work, so the demo or a test cannot go on; the message says why. */
public final class StandInException extends RuntimeException {

  public StandInException(String message) {
    super(message);
  }
}
