package io.reseal.threads;

import io.reseal.files.Durable;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The note in a sealing thread's location of the sector that holds it: {@code f01001/123}. */
final class HeldNote {

  private final Path file;
  private final Durable durable = new Durable();

  private HeldNote(Path file) {
    this.file = file;
  }

  static HeldNote of(SealingThread thread) {
    return new HeldNote(thread.scratch().location().resolve("reseal").resolve("held-by"));
  }

  Optional<SectorId> read() throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    String[] parts = Files.readString(file).strip().split("/", -1);
    try {
      if (parts.length == 2) {
        return Optional.of(SectorId.parse(parts[0], parts[1]));
      }
    } catch (IllegalArgumentException e) {
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
    if (read().filter(sector::equals).isPresent()) {
      return;
    }
    remove();
    durable.makeDirectory(file.getParent());
    durable.write(file, sector.toString().getBytes(StandardCharsets.UTF_8));
  }

  void remove() throws IOException {
    durable.delete(file);
  }
}
