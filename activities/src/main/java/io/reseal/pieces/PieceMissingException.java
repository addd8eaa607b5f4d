package io.reseal.pieces;

import java.io.IOException;

/** Files of pieces are not there; the message names all of them and every path looked at. */
public final class PieceMissingException extends IOException {

  PieceMissingException(String message) {
    super(message);
  }
}
