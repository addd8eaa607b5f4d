package io.reseal.pieces;

import io.reseal.contract.FailureType;
import io.reseal.contract.HasFailureType;
import java.io.IOException;

/** Files of pieces are missing; the message names all of them and every place searched. */
public final class PieceMissingException extends IOException implements HasFailureType {

  public PieceMissingException(String message) {
    super(message);
  }

  @Override
  public FailureType failureType() {
    return FailureType.SECTOR_PIECE_MISSING;
  }
}
