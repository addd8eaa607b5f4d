package io.reseal.threads;

/** An operator's command makes no sense for a thread now; the message says why. */
public final class RefusedException extends Exception {

  RefusedException(String message) {
    super(message);
  }
}
