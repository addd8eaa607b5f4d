package io.reseal.pieces;

import io.reseal.files.Durable;
import io.reseal.files.LockFile;
import io.reseal.reading.SmallFile;
import io.reseal.reading.UnfitFileException;
import io.reseal.sector.Piece;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The host's bounded directory of downloaded pieces, shared by all its rebuilds and processes:
 * {@code pieces/CID} complete and verified, {@code partial/CID.SIZE} being downloaded, {@code
 * needed/SECTOR} the CIDs that a rebuild needs. The least recently used piece is removed first, but
 * never one that a rebuild needs.
 */
final class PieceCache implements PieceSource {

  /** A rebuild that has not requested its pieces for this long is considered ended. */
  private static final Duration NEEDED_FOR = Duration.ofDays(7);

  private final Path dir;
  private final long capacity;
  private final InstantSource clock;
  private final Durable durable = new Durable();

  PieceCache(Path dir, long capacity, InstantSource clock) {
    this.dir = dir;
    this.capacity = capacity;
    this.clock = clock;
  }

  /**
   * A file that takes space.
   *
   * @param cid whose data
   * @param bytes what it takes, or will take when complete
   */
  private record Entry(Path file, String cid, long bytes, FileTime used) {}

  @Override
  public List<Answer> ask(SectorId sector, Piece piece) {
    Path file = file(piece);
    try {
      return List.of(
          Files.isRegularFile(file)
              ? PieceForms.answer(file, piece, Files.size(file))
              : Answer.absent(file));
    } catch (IOException e) {
      return List.of(Answer.of(file, Answer.Verdict.UNREACHABLE, "cannot be read: " + e));
    }
  }

  boolean has(Piece piece) {
    return Files.isRegularFile(file(piece));
  }

  /** Notes that a rebuild needs these pieces, whether they are here or not. */
  void need(SectorId sector, Collection<Piece> pieces) throws IOException, InterruptedException {
    if (!Files.isDirectory(dir)) {
      throw new IOException(
          "The piece cache %s is not a directory; is its disk mounted?".formatted(dir));
    }
    for (String part : List.of("pieces", "partial", "needed", "locks")) {
      durable.makeDirectory(dir.resolve(part));
    }
    List<String> cids = pieces.stream().map(PieceNames::of).distinct().toList();
    whileHolding(
        () -> {
          FileTime now = FileTime.from(clock.instant());
          Path needed = Files.write(neededBy(sector), cids);
          Files.setLastModifiedTime(needed, now);
          for (Piece piece : pieces) {
            if (has(piece)) {
              Files.setLastModifiedTime(file(piece), now);
            }
          }
          return needed;
        });
  }

  /** Notes that the rebuild no longer needs any piece. */
  void release(SectorId sector) throws IOException {
    Files.deleteIfExists(neededBy(sector));
  }

  /** Whether a file is this cache's copy of a piece. */
  boolean isOf(PieceFile file, Piece piece) {
    return file.path().equals(file(piece));
  }

  /**
   * Verifies the cached file and deletes it if damaged, holding the piece's lock.
   *
   * @param reading returns why it is not the piece, or empty
   */
  Optional<String> examine(Piece piece, LockFile.Work<Optional<String>> reading)
      throws IOException, InterruptedException {
    return whileHolding(
        piece,
        () -> {
          Optional<String> fault = reading.run();
          if (fault.isPresent()) {
            Files.deleteIfExists(file(piece));
          }
          return fault;
        });
  }

  /** Holds a piece's lock during the work, so that it is downloaded only once. */
  <T> T whileHolding(Piece piece, LockFile.Work<T> work) throws IOException, InterruptedException {
    return LockFile.whileHolding(dir.resolve("locks").resolve(PieceNames.of(piece)), work);
  }

  /** The piece's bytes that have arrived; the file exists after {@link #reserve}. */
  Path partial(Piece piece) {
    return dir.resolve("partial").resolve(PieceNames.of(piece) + "." + piece.size());
  }

  /** Bytes of the piece that are here. */
  long bytesOf(Piece piece) {
    try {
      return Files.size(has(piece) ? file(piece) : partial(piece));
    } catch (IOException e) {
      return 0;
    }
  }

  /** Makes room for the whole piece and creates its file. */
  void reserve(Piece piece) throws IOException, InterruptedException {
    whileHolding(
        () -> {
          makeRoom(piece);
          Path partial = partial(piece);
          if (Files.isRegularFile(partial, LinkOption.NOFOLLOW_LINKS)) {
            return partial;
          }
          Files.deleteIfExists(partial);
          return Files.createFile(partial);
        });
  }

  /** Moves a complete and verified partial file to its place. */
  void keep(Piece piece) throws IOException {
    try (FileChannel written = FileChannel.open(partial(piece), StandardOpenOption.WRITE)) {
      written.force(true);
    }
    Files.setLastModifiedTime(partial(piece), FileTime.from(clock.instant()));
    durable.rename(partial(piece), file(piece));
  }

  private void makeRoom(Piece piece) throws IOException {
    List<Entry> others =
        entries().stream().filter(entry -> !entry.file().equals(partial(piece))).toList();
    long used = others.stream().mapToLong(Entry::bytes).sum();
    Set<String> needed = needed();
    List<Entry> unneeded =
        others.stream()
            .filter(entry -> !needed.contains(entry.cid()))
            .sorted(Comparator.comparing(Entry::used))
            .toList();
    List<Entry> toGo = new ArrayList<>();
    for (Entry entry : unneeded) {
      if (used + piece.size() <= capacity) {
        break;
      }
      used -= entry.bytes();
      toGo.add(entry);
    }
    if (used + piece.size() > capacity) {
      throw new IOException(
          "The piece cache %s has no space left for piece %s of %d bytes: it may hold %d, and %d are needed by running rebuilds; raise `pieces.cache_size`, or rebuild fewer sectors at a time."
              .formatted(dir, PieceNames.of(piece), piece.size(), capacity, used));
    }
    for (Entry entry : toGo) {
      Files.deleteIfExists(entry.file());
    }
  }

  private List<Entry> entries() throws IOException {
    List<Entry> entries = new ArrayList<>();
    for (Path file : list(dir.resolve("pieces"))) {
      add(entries, file, file.getFileName().toString(), -1);
    }
    for (Path file : list(dir.resolve("partial"))) {
      String[] name = file.getFileName().toString().split("\\.", 2);
      if (name.length == 2 && name[1].matches("[0-9]{1,18}")) {
        add(entries, file, name[0], Long.parseLong(name[1]));
      }
    }
    return entries;
  }

  private static void add(List<Entry> entries, Path file, String cid, long reserved)
      throws IOException {
    try {
      long bytes = reserved < 0 ? Files.size(file) : reserved;
      entries.add(new Entry(file, cid, bytes, Files.getLastModifiedTime(file)));
    } catch (NoSuchFileException e) {
      // Another download has just completed it; it is counted under its new name next time.
      return;
    }
  }

  private Set<String> needed() throws IOException {
    Instant oldest = clock.instant().minus(NEEDED_FOR);
    Set<String> cids = new HashSet<>();
    for (Path file : list(dir.resolve("needed"))) {
      cids.addAll(neededIn(file, oldest));
    }
    return cids;
  }

  private static List<String> neededIn(Path file, Instant oldest) throws IOException {
    try {
      return Files.getLastModifiedTime(file).toInstant().isAfter(oldest)
          ? SmallFile.readText(file).lines().toList()
          : List.of();
    } catch (NoSuchFileException | UnfitFileException e) {
      // Released just now, or not a list of this program's.
      return List.of();
    }
  }

  private static List<Path> list(Path dir) throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files.toList();
    }
  }

  private void whileHolding(LockFile.Work<Path> work) throws IOException, InterruptedException {
    LockFile.whileHolding(dir.resolve("lock"), work);
  }

  private Path file(Piece piece) {
    return dir.resolve("pieces").resolve(PieceNames.of(piece));
  }

  private Path neededBy(SectorId sector) {
    return dir.resolve("needed").resolve(sector.fileName());
  }
}
