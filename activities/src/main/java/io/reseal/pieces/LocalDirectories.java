package io.reseal.pieces;

import io.reseal.sector.Piece;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The host's directories of piece files. A piece's data is in a file named by its CID, with or
 * without {@code .car}; it may be shorter than the piece, which is then filled with zeros.
 */
final class LocalDirectories implements PieceSource {

  private final List<Path> dirs;

  /**
   * @param dirs searched in this order
   */
  LocalDirectories(List<Path> dirs) {
    this.dirs = List.copyOf(dirs);
  }

  @Override
  public List<Answer> ask(SectorId sector, Piece piece) {
    String name = PieceNames.of(piece);
    return dirs.stream()
        .flatMap(dir -> Stream.of(dir.resolve(name), dir.resolve(name + ".car")))
        .map(file -> answer(file, piece))
        .toList();
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
