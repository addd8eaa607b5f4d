package io.reseal.cli.shell;

/** The request was refused and nothing was changed; the message says what to do. */
public final class RefusedException extends RuntimeException {

  public RefusedException(String message) {
    super(message);
  }
}
