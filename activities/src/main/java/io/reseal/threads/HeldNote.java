package io.reseal.threads;

import io.reseal.files.Durable;
import io.reseal.files.Scratch;
import io.reseal.reading.SmallFile;
import io.reseal.reading.UnfitFileException;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The note in a sealing thread's location of the sector that holds it: {@code f01001/123}. An empty
 * file beside it says that the sector was promised room for a repair only.
 */
final class HeldNote {

  private final Scratch scratch;
  private final Path file;
  private final Path onlyRepairs;
  private final Durable durable = new Durable();

  private HeldNote(Scratch scratch) {
    this.scratch = scratch;
    this.file = scratch.location().resolve("reseal").resolve("held-by");
    this.onlyRepairs = file.resolveSibling("held-for-repair");
  }

  static HeldNote of(SealingThread thread) {
    return new HeldNote(thread.scratch());
  }

  Optional<SectorId> read() throws IOException {
    return scratch.briefly(this::readNow);
  }

  private Optional<SectorId> readNow() throws IOException {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try {
      String[] parts = SmallFile.readText(file).strip().split("/", -1);
      if (parts.length == 2) {
        return Optional.of(SectorId.parse(parts[0], parts[1]));
      }
    } catch (IllegalArgumentException | UnfitFileException e) {
      throw unreadable(e);
    }
    throw unreadable(null);
  }

  private IOException unreadable(Exception cause) {
    return new IOException(
        "%s does not name a sector; remove it if no rebuild uses this location.".formatted(file),
        cause);
  }

  /** Whether the sector was promised room for a repair only; not if that is not known. */
  boolean isOnlyForRepair() {
    try {
      return scratch.briefly(() -> Files.exists(onlyRepairs, LinkOption.NOFOLLOW_LINKS));
    } catch (IOException e) {
      return false;
    }
  }

  /** The sector is promised room for a full rebuild from now on. */
  void promiseAll() throws IOException {
    scratch.briefly(
        () -> {
          durable.delete(onlyRepairs);
          return null;
        });
  }

  /** A sector that has the thread already keeps the room that it was promised. */
  void write(SectorId sector, boolean forRepair) throws IOException {
    scratch.briefly(
        () -> {
          if (readNow().filter(sector::equals).isEmpty()) {
            durable.delete(file);
            durable.delete(onlyRepairs);
            durable.makeDirectory(file.getParent());
            if (forRepair) {
              durable.write(onlyRepairs, new byte[0]);
            }
            durable.write(file, sector.toString().getBytes(StandardCharsets.UTF_8));
          }
          return null;
        });
  }

  void remove() throws IOException {
    scratch.briefly(
        () -> {
          durable.delete(file);
          durable.delete(onlyRepairs);
          return null;
        });
  }
}
