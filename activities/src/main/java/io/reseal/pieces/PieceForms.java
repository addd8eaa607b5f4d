package io.reseal.pieces;

import io.reseal.sector.Piece;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Tells from its length in which form a file has a piece. Raw data takes at most 127 of 128 bytes
 * of the piece, so as many bytes as the piece has can only be padded ones.
 */
final class PieceForms {

  private PieceForms() {}

  static boolean isPadded(Piece piece, long length) {
    return length == piece.size();
  }

  /** Why so many bytes cannot be the piece, half a sentence, or empty. */
  static Optional<String> fault(Piece piece, long length) {
    return length <= piece.unpaddedSize() || isPadded(piece, length)
        ? Optional.empty()
        : Optional.of(
            "has %d bytes, piece %s holds at most %d"
                .formatted(length, PieceNames.of(piece), piece.unpaddedSize()));
  }

  /** What is at a place that has so many bytes of a file. */
  static Answer answer(Path file, Piece piece, long length) {
    return fault(piece, length)
        .map(fault -> Answer.of(file, Answer.Verdict.UNFIT, fault))
        .orElseGet(
            () -> Answer.here(new PieceFile(file, 0, isPadded(piece, length)), length + " bytes"));
  }
}
