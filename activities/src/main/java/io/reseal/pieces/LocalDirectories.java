package io.reseal.pieces;

import io.reseal.files.Answering;
import io.reseal.sector.Piece;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * The host's directories of piece files. A piece's data is in a file named by its CID, with or
 * without {@code .car}; it may be shorter than the piece, which is then filled with zeros.
 */
final class LocalDirectories implements PieceSource {

  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(15);

  /** A directory that hangs keeps the others from nothing. */
  private record Dir(Path path, Answering answering) {}

  private final List<Dir> dirs;

  /**
   * @param dirs searched in this order
   */
  LocalDirectories(List<Path> dirs) {
    this.dirs = dirs.stream().map(dir -> new Dir(dir, new Answering(dir, ANSWER_LIMIT))).toList();
  }

  @Override
  public List<Answer> ask(SectorId sector, Piece piece) {
    String name = PieceNames.of(piece);
    return dirs.stream()
        .flatMap(
            dir ->
                Stream.of(name, name + ".car")
                    .map(file -> answer(dir, dir.path().resolve(file), piece)))
        .toList();
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
      return PieceForms.answer(file, piece, Files.size(file));
    } catch (IOException e) {
      return Answer.of(file, Answer.Verdict.UNREACHABLE, "cannot be read: " + e);
    }
  }
}
