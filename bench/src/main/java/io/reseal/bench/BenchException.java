package io.reseal.bench;

/** A measurement cannot go on; the message says why. */
final class BenchException extends RuntimeException {

  BenchException(String message) {
    super(message);
  }
}
