package io.reseal.pieces;

import java.io.IOException;

/**
 * There is data for each piece that could not be had, but none of it is the piece; the message
 * names all places looked at and what each has.
 */
public final class PieceUnfitException extends IOException {

  PieceUnfitException(String message) {
    super(message);
  }
}
