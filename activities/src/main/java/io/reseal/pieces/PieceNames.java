package io.reseal.pieces;

import io.reseal.sector.Cid;
import io.reseal.sector.Piece;

/** The names of pieces, the same in every place. */
final class PieceNames {

  private PieceNames() {}

  /** The CID in its one canonical spelling, whatever its case in the records. */
  static String of(Piece piece) {
    return Cid.unsealed(piece.commitment());
  }
}
