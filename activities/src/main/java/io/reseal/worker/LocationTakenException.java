package io.reseal.worker;

import java.io.IOException;

/** Another worker uses a sealing thread's location. */
final class LocationTakenException extends IOException {

  private static final long serialVersionUID = 1L;

  LocationTakenException(String message) {
    super(message);
  }
}
