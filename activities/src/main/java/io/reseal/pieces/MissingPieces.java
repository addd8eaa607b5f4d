package io.reseal.pieces;

import io.reseal.sector.Piece;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Reports missing pieces: where each was searched for and what each place answered. */
final class MissingPieces {

  private MissingPieces() {}

  /**
   * Throws if there are any.
   *
   * @throws PieceMissingException naming all of them
   * @throws PieceUnfitException if there is data for each of them, but none of it is the piece
   */
  static void refuse(Map<Piece, List<Answer>> missing) throws IOException {
    if (missing.isEmpty()) {
      return;
    }
    String descriptions =
        missing.entrySet().stream()
            .map(entry -> describe(entry.getKey(), entry.getValue()))
            .distinct()
            .collect(Collectors.joining("; "));
    long count = missing.keySet().stream().map(PieceNames::of).distinct().count();
    if (missing.values().stream().allMatch(MissingPieces::isThereButWrong)) {
      throw new PieceUnfitException(
          "%s %s; put the right data there and resume."
              .formatted(
                  count == 1
                      ? "No place has a piece's right data:"
                      : "No place has the right data of %d pieces:".formatted(count),
                  descriptions));
    }
    throw new PieceMissingException(
        "%s %s."
            .formatted(
                count == 1 ? "A piece is missing:" : count + " pieces are missing:", descriptions));
  }

  private static boolean isThereButWrong(List<Answer> answers) {
    return answers.stream().anyMatch(answer -> answer.verdict() == Answer.Verdict.UNFIT)
        && answers.stream()
            .allMatch(answer -> answer.isAbsent() || answer.verdict() == Answer.Verdict.UNFIT);
  }

  private static String describe(Piece piece, List<Answer> answers) {
    return "%s of %d bytes (%d of data), searched for at %s"
        .formatted(
            PieceNames.of(piece),
            piece.size(),
            piece.unpaddedSize(),
            answers.isEmpty()
                ? "no place at all, because the host's file names none: add"
                    + " `worker.local_pieces_dirs` or [pieces]"
                : answers.stream().map(Answer::toString).collect(Collectors.joining(", ")));
  }
}
