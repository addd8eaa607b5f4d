package io.reseal.pieces;

import io.reseal.sector.Commitment;
import io.reseal.sector.Piece;
import java.io.IOException;

/** Computes what the data of a file commits to. */
public interface PieceVerifier {

  /** A computation on its way; closing it ends it. */
  interface Running extends AutoCloseable {

    /** The commitment, as the piece's size has it. */
    Commitment await() throws IOException, InterruptedException;

    @Override
    void close();
  }

  /**
   * Begins to read a file.
   *
   * @param piece tells the size; a file of just so many bytes is padded, any other is raw
   */
  Running start(PieceFile file, Piece piece) throws IOException;
}
