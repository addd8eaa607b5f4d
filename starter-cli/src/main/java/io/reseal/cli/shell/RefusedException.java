package io.reseal.cli.shell;

/** What was asked for cannot be, and nothing was changed; the message says what to do. */
public final class RefusedException extends RuntimeException {

  public RefusedException(String message) {
    super(message);
  }
}
