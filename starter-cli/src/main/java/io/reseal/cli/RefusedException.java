package io.reseal.cli;

/** What was asked for cannot be, and nothing was changed; the message says what to do. */
final class RefusedException extends RuntimeException {

  RefusedException(String message) {
    super(message);
  }
}
