package io.reseal.pieces;

import io.reseal.contract.FailureType;
import io.reseal.contract.HasFailureType;
import java.io.IOException;

/**
 * There is data for each piece that could not be had, but none of it is the piece; the message
 * names all places looked at and what each has.
 */
public final class PieceUnfitException extends IOException implements HasFailureType {

  PieceUnfitException(String message) {
    super(message);
  }

  @Override
  public FailureType failureType() {
    return FailureType.SECTOR_PIECE_MISMATCH;
  }
}
