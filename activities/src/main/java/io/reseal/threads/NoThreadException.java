package io.reseal.threads;

/** No sealing thread of this host can do what is asked now; the message says why for each. */
public final class NoThreadException extends Exception {

  NoThreadException(String message) {
    super(message);
  }
}
