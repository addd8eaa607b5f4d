package io.reseal.pieces;

import io.reseal.sector.Piece;
import io.reseal.sector.PieceCidV2;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files of a directory that are named by piece CIDs of version 2. Such a name also depends on
 * the length of the data, which is not known, so the directory has to be listed; with very many
 * files this is slow, so it is done again only after the directory has changed.
 */
final class Version2Files {

  /** A change so soon after another may leave the directory's time as it was. */
  private static final Duration SETTLED = Duration.ofSeconds(5);

  private record Named(Path file, PieceCidV2 cid) {}

  private final Path dir;
  private final InstantSource clock;
  private List<Named> files = List.of();

  /** The directory's time when it was listed; null if it has to be listed. */
  private FileTime listed;

  Version2Files(Path dir, InstantSource clock) {
    this.dir = dir;
    this.clock = clock;
  }

  /** The files named by this piece, however much of it is data; none if there is no directory. */
  synchronized List<Path> of(Piece piece) throws IOException {
    if (!Files.isDirectory(dir)) {
      return List.of();
    }
    FileTime changed = Files.getLastModifiedTime(dir);
    if (!changed.equals(listed)) {
      Instant now = clock.instant();
      files = list();
      listed = changed.toInstant().isBefore(now.minus(SETTLED)) ? changed : null;
    }
    return files.stream().filter(named -> named.cid().isOf(piece)).map(Named::file).toList();
  }

  private List<Named> list() throws IOException {
    try (Stream<Path> all = Files.list(dir)) {
      return all.sorted()
          .flatMap(file -> PieceNames.version2(file).map(cid -> new Named(file, cid)).stream())
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
