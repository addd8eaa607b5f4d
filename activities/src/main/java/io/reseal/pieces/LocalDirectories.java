package io.reseal.pieces;

import io.reseal.files.Answering;
import io.reseal.sector.Piece;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;

/**
 * The host's directories of piece files. A piece's data is in a file named by its CID, with or
 * without {@code .car}, of version 1 or 2; it may be shorter than the piece, which is then filled
 * with zeros.
 */
final class LocalDirectories implements PieceSource {

  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(15);

  /** A directory that hangs keeps the others from nothing. */
  private record Dir(Path path, Answering answering, Version2Files version2) {}

  private final List<Dir> dirs;

  /**
   * @param dirs searched in this order
   */
  LocalDirectories(List<Path> dirs) {
    this.dirs =
        dirs.stream()
            .map(
                dir ->
                    new Dir(
                        dir,
                        new Answering(dir, ANSWER_LIMIT),
                        new Version2Files(dir, InstantSource.system())))
            .toList();
  }

  @Override
  public List<Answer> ask(SectorId sector, Piece piece) {
    return dirs.stream().flatMap(dir -> ask(dir, piece)).toList();
  }

  private static Stream<Answer> ask(Dir dir, Piece piece) {
    String name = PieceNames.of(piece);
    List<Answer> answers =
        Stream.of(name, name + PieceNames.CAR)
            .map(file -> answer(dir, dir.path().resolve(file), piece))
            .toList();
    return answers.stream().allMatch(Answer::isAbsent)
        ? Stream.concat(answers.stream(), version2(dir, piece))
        : answers.stream();
  }

  private static Stream<Answer> version2(Dir dir, Piece piece) {
    try {
      return dir.version2().of(piece).stream().map(file -> answer(file, piece));
    } catch (IOException e) {
      return Stream.of(Answer.of(dir.path(), Answer.Verdict.UNREACHABLE, "cannot be listed: " + e));
    }
  }

  private static Answer answer(Dir dir, Path file, Piece piece) {
    return dir.answering().answers()
        ? answer(file, piece)
        : Answer.of(file, Answer.Verdict.UNREACHABLE, "its directory does not answer");
  }

  private static Answer answer(Path file, Piece piece) {
    if (!Files.isRegularFile(file)) {
      return Answer.absent(file);
    }
    try {
      return PieceForms.answer(file, piece, Files.size(file)).and(CarV2.advice(file, piece));
    } catch (IOException e) {
      return Answer.of(file, Answer.Verdict.UNREACHABLE, "cannot be read: " + e);
    }
  }
}
