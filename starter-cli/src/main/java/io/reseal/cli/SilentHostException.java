package io.reseal.cli;

/** A sealing host gave no answer; the message says what to look at. */
final class SilentHostException extends RuntimeException {

  SilentHostException(String message) {
    super(message);
  }
}
