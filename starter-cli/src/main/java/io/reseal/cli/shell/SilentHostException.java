package io.reseal.cli.shell;

/** A sealing host gave no answer; the message says what to look at. */
public final class SilentHostException extends RuntimeException {

  public SilentHostException(String message) {
    super(message);
  }
}
