package io.reseal.pieces;

import io.reseal.files.CopyProgress;
import io.reseal.sector.Cid;
import io.reseal.sector.Piece;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The host's directories of piece files. A piece's data lies in a file named by its CID, with or
 * without {@code .car}; it may be shorter than the piece, which is then filled with zeros.
 */
public final class LocalPieces implements Pieces {

  private final List<Path> dirs;

  /**
   * @param dirs asked in this order
   */
  public LocalPieces(List<Path> dirs) {
    this.dirs = List.copyOf(dirs);
  }

  @Override
  public Look look(SectorId sector, List<Piece> pieces) throws IOException {
    return new Look(locate(pieces), List.of());
  }

  /** Everything there is lies here already. */
  @Override
  public void download(SectorId sector, List<Piece> pieces, CopyProgress progress)
      throws IOException {
    var unused = locate(pieces);
  }

  /** The piece's file, if one of the directories has it. */
  public Optional<Path> find(Piece piece) {
    return candidates(piece).filter(Files::isRegularFile).findFirst();
  }

  /**
   * The file of each piece that needs one; fillers need none.
   *
   * @throws PieceMissingException naming all pieces that no directory has
   * @throws PieceTooLongException naming all files that cannot be their piece
   */
  public Map<Piece, PieceFile> locate(List<Piece> pieces) throws IOException {
    Map<Piece, PieceFile> files = new LinkedHashMap<>();
    Set<String> missing = new LinkedHashSet<>();
    List<String> tooLong = new ArrayList<>();
    for (Piece piece : pieces) {
      if (piece.isZero()) {
        continue;
      }
      Optional<Path> file = find(piece);
      if (file.isEmpty()) {
        missing.add(describe(piece));
        continue;
      }
      long size = Files.size(file.get());
      if (size > piece.unpaddedSize()) {
        tooLong.add(
            "%s has %d bytes, piece %s holds at most %d"
                .formatted(file.get(), size, name(piece), piece.unpaddedSize()));
      }
      files.put(piece, PieceFile.raw(file.get()));
    }
    if (!missing.isEmpty()) {
      throw new PieceMissingException(
          "%s %s."
              .formatted(
                  missing.size() == 1
                      ? "A piece is missing:"
                      : missing.size() + " pieces are missing:",
                  String.join("; ", missing)));
    }
    if (!tooLong.isEmpty()) {
      throw new PieceTooLongException(
          "The data is not the piece's: %s; put the right data there and resume."
              .formatted(String.join("; ", tooLong)));
    }
    return files;
  }

  private String describe(Piece piece) {
    return "%s of %d bytes (%d of data), looked for at %s"
        .formatted(
            name(piece),
            piece.size(),
            piece.unpaddedSize(),
            dirs.isEmpty()
                ? "no place at all, as `worker.local_pieces_dirs` is empty"
                : String.join(", ", candidates(piece).map(Path::toString).toList()));
  }

  private Stream<Path> candidates(Piece piece) {
    String name = name(piece);
    return dirs.stream().flatMap(dir -> Stream.of(dir.resolve(name), dir.resolve(name + ".car")));
  }

  /** The CID in its one canonical spelling, whatever its case in the records. */
  private static String name(Piece piece) {
    return Cid.unsealed(piece.commitment());
  }
}
