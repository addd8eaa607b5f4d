package io.reseal.checks;

import java.io.IOException;

/** A store cannot be checked now; says why, as a sentence. */
final class StoreLeftException extends IOException {

  private static final long serialVersionUID = 1L;

  StoreLeftException(String message) {
    super(message);
  }
}
