package io.reseal.demo;

/** The demo, or a measurement, cannot go on; the message says why. */
public final class DemoException extends RuntimeException {

  public DemoException(String message) {
    super(message);
  }
}
