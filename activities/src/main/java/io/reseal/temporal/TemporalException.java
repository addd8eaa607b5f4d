package io.reseal.temporal;

/** A Temporal server is not as Reseal needs it; the message says what to do. */
public final class TemporalException extends RuntimeException {

  public TemporalException(String message) {
    super(message);
  }

  public TemporalException(String message, Throwable cause) {
    super(message, cause);
  }
}
