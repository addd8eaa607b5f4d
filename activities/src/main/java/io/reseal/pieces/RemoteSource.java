package io.reseal.pieces;

import io.reseal.sector.Piece;
import java.io.IOException;

/** A piece source on another machine. */
interface RemoteSource extends PieceSource {

  /** Its name for people. */
  String name();

  /**
   * Begins to send a piece.
   *
   * @param from the first byte wanted; the source may begin with an earlier one
   * @throws SourceException with what it answered instead
   */
  Transfer open(Piece piece, long from) throws IOException, InterruptedException;
}
