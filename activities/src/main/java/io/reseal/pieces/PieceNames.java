package io.reseal.pieces;

import io.reseal.sector.Cid;
import io.reseal.sector.Piece;
import io.reseal.sector.PieceCidV2;
import java.nio.file.Path;
import java.util.Optional;

/** The names of pieces, the same in every place. */
final class PieceNames {

  static final String CAR = ".car";

  private PieceNames() {}

  /** The CID in its one canonical spelling, whatever its case in the records. */
  static String of(Piece piece) {
    return Cid.unsealed(piece.commitment());
  }

  /**
   * The name of version 2, where names cannot be listed. It also depends on how much of the piece
   * is data, which is not known: this is that of a piece full of data.
   */
  static String version2(Piece piece) {
    return PieceCidV2.ofFull(piece);
  }

  /** The CID of version 2 that a file is named by, if it is. */
  static Optional<PieceCidV2> version2(Path file) {
    String name = file.getFileName().toString();
    return PieceCidV2.find(
        name.endsWith(CAR) ? name.substring(0, name.length() - CAR.length()) : name);
  }
}
