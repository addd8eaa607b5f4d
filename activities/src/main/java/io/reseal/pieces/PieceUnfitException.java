package io.reseal.pieces;

import io.reseal.contract.FailureType;
import io.reseal.contract.HasFailureType;
import java.io.IOException;

/**
 * There is data for each missing piece, but none of it is the piece; the message names all places
 * searched and what each has.
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
