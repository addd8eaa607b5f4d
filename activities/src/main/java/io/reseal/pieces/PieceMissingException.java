package io.reseal.pieces;

import io.reseal.contract.FailureType;
import io.reseal.contract.HasFailureType;
import java.io.IOException;

/** Files of pieces are not there; the message names all of them and every path looked at. */
public final class PieceMissingException extends IOException implements HasFailureType {

  PieceMissingException(String message) {
    super(message);
  }

  @Override
  public FailureType failureType() {
    return FailureType.SECTOR_PIECE_MISSING;
  }
}
