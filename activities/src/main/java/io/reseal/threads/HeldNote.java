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

/** The note in a sealing thread's location of the sector that holds it: {@code f01001/123}. */
final class HeldNote {

  private final Scratch scratch;
  private final Path file;
  private final Durable durable = new Durable();

  private HeldNote(Scratch scratch) {
    this.scratch = scratch;
    this.file = scratch.location().resolve("reseal").resolve("held-by");
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

  void write(SectorId sector) throws IOException {
    scratch.briefly(
        () -> {
          if (readNow().filter(sector::equals).isEmpty()) {
            durable.delete(file);
            durable.makeDirectory(file.getParent());
            durable.write(file, sector.toString().getBytes(StandardCharsets.UTF_8));
          }
          return null;
        });
  }

  void remove() throws IOException {
    scratch.briefly(
        () -> {
          durable.delete(file);
          return null;
        });
  }
}
