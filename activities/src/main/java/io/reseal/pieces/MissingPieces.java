package io.reseal.pieces;

import io.reseal.sector.Piece;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Says of pieces that could not be had where they were looked for and what each place answered. */
final class MissingPieces {

  private MissingPieces() {}

  /**
   * Refuses if there are any.
   *
   * @throws PieceMissingException naming all of them
   * @throws PieceTooLongException if files are there for all of them, none of which can be its
   *     piece
   */
  static void refuse(Map<Piece, List<Answer>> missing) throws IOException {
    if (missing.isEmpty()) {
      return;
    }
    if (missing.values().stream().allMatch(MissingPieces::isThereInAnotherLength)) {
      throw new PieceTooLongException(
          "The data is not the piece's: %s; put the right data there and resume."
              .formatted(
                  missing.values().stream()
                      .flatMap(List::stream)
                      .filter(answer -> answer.verdict() == Answer.Verdict.UNFIT)
                      .map(answer -> answer.place() + " " + answer.text())
                      .distinct()
                      .collect(Collectors.joining("; "))));
    }
    List<String> descriptions =
        missing.entrySet().stream()
            .map(entry -> describe(entry.getKey(), entry.getValue()))
            .distinct()
            .toList();
    throw new PieceMissingException(
        "%s %s."
            .formatted(
                descriptions.size() == 1
                    ? "A piece is missing:"
                    : descriptions.size() + " pieces are missing:",
                String.join("; ", descriptions)));
  }

  private static boolean isThereInAnotherLength(List<Answer> answers) {
    return answers.stream().anyMatch(answer -> answer.verdict() == Answer.Verdict.UNFIT)
        && answers.stream()
            .allMatch(answer -> answer.isAbsent() || answer.verdict() == Answer.Verdict.UNFIT);
  }

  private static String describe(Piece piece, List<Answer> answers) {
    return "%s of %d bytes (%d of data), looked for at %s"
        .formatted(
            Names.of(piece),
            piece.size(),
            piece.unpaddedSize(),
            answers.isEmpty()
                ? "no place at all, as the host's file names none: add `worker.local_pieces_dirs` or [pieces]"
                : answers.stream().map(Answer::toString).collect(Collectors.joining(", ")));
  }
}
