package io.reseal.pieces;

import io.reseal.sector.Piece;
import io.reseal.sector.SectorId;
import java.util.List;

/** A kind of place where pieces may be. */
interface PieceSource {

  /**
   * Each of its places' answer about a piece, without reading more than its size. A place that
   * cannot be reached gives an answer too.
   *
   * @param sector whose piece it is
   */
  List<Answer> ask(SectorId sector, Piece piece) throws InterruptedException;
}
