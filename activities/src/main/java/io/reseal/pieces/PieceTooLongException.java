package io.reseal.pieces;

import java.io.IOException;

/** A piece's file holds more bytes than the piece can. */
public final class PieceTooLongException extends IOException {

  PieceTooLongException(String message) {
    super(message);
  }
}
