package io.reseal.pieces;

import io.reseal.sector.Piece;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Determines from a file's length whether its data is raw or padded. Raw data takes at most 127 of
 * 128 bytes of the piece, so a file as long as the piece can only be padded.
 */
final class PieceForms {

  private PieceForms() {}

  static boolean isPadded(Piece piece, long length) {
    return length == piece.size();
  }

  /** Why a file of that length cannot be the piece, half a sentence, or empty. */
  static Optional<String> fault(Piece piece, long length) {
    return length <= piece.unpaddedSize() || isPadded(piece, length)
        ? Optional.empty()
        : Optional.of(
            "has %d bytes, piece %s holds at most %d"
                .formatted(length, PieceNames.of(piece), piece.unpaddedSize()));
  }

  /** The answer of a place that has a file of that length. */
  static Answer answer(Path file, Piece piece, long length) {
    return fault(piece, length)
        .map(fault -> Answer.of(file, Answer.Verdict.UNFIT, fault))
        .orElseGet(
            () -> Answer.here(new PieceFile(file, 0, isPadded(piece, length)), length + " bytes"));
  }
}
