package io.reseal.cli.shell;

/** A sealing host did not answer; the message says what to check. */
public final class SilentHostException extends RuntimeException {

  public SilentHostException(String message) {
    super(message);
  }
}
