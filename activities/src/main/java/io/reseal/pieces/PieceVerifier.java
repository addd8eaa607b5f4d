package io.reseal.pieces;

import io.reseal.sector.Piece;
import java.io.IOException;
import java.util.Optional;

/** Reads the data of files and tells whether they are the pieces that they are taken for. */
public interface PieceVerifier {

  /** A reading on its way; closing it ends it. */
  interface Running extends AutoCloseable {

    /** Why the data is not the piece, half a sentence; empty where it is. */
    Optional<String> fault() throws IOException, InterruptedException;

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
