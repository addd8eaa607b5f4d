package io.reseal.files;

import java.io.IOException;

/** Files lie in a sealing thread's location that Reseal did not put there, so it keeps off. */
public final class ForeignFilesException extends IOException {

  ForeignFilesException(String message) {
    super(message);
  }
}
