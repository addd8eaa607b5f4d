package io.reseal.files;

import java.io.IOException;

/** No attached store can take a sector; the message says of each why not. */
public final class NoStoreException extends IOException {

  NoStoreException(String message) {
    super(message);
  }
}
