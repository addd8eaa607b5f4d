package io.reseal.pieces;

import io.reseal.sector.Piece;
import java.io.IOException;
import java.util.Optional;

/** Reads files and checks whether they are the pieces they should be. */
public interface PieceVerifier {

  /** A running check; closing it stops it. */
  interface Running extends AutoCloseable {

    /** Why the data is not the piece, half a sentence; empty if it is. */
    Optional<String> fault() throws IOException, InterruptedException;

    @Override
    void close();
  }

  /**
   * Starts to check a file.
   *
   * @param piece gives the size; a file of exactly that size is padded, any other is raw
   */
  Running start(PieceFile file, Piece piece) throws IOException;
}
