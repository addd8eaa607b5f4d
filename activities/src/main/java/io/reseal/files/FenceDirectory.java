package io.reseal.files;

import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which attempt may change a sector's files in a store, shared by all workers that use the store:
 * one empty file for each attempt that claimed the sector, and the highest one counts. A claim only
 * adds a file, so a late one never displaces a higher one.
 */
final class FenceDirectory {

  private final Path dir;
  private final SectorId sector;
  private final Durable durable;

  FenceDirectory(Path dir, SectorId sector, Durable durable) {
    this.dir = dir;
    this.sector = sector;
    this.durable = durable;
  }

  /** Makes the attempt the highest one; refused if a higher one is there. */
  void claim(Fence mine) throws IOException {
    check(mine);
    durable.makeDirectory(dir);
    try {
      durable.create(dir.resolve(mine.fileName()));
    } catch (FileAlreadyExistsException e) {
      // This attempt claimed the sector earlier.
    }
    check(mine);
    for (Fence other : all()) {
      if (mine.supersedes(other)) {
        durable.delete(dir.resolve(other.fileName()));
      }
    }
  }

  /** Fails if a higher attempt has claimed the sector. */
  void check(Fence mine) throws IOException {
    for (Fence other : all()) {
      if (other.supersedes(mine)) {
        throw new SupersededException(sector, other);
      }
    }
  }

  /** Why an attempt failed: whatever it trips over once it is superseded, that is the reason. */
  IOException reason(Fence mine, IOException failure) {
    try {
      check(mine);
    } catch (SupersededException e) {
      e.addSuppressed(failure);
      return e;
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }

  boolean exists() {
    return Files.isDirectory(dir);
  }

  private List<Fence> all() throws IOException {
    if (!Files.isDirectory(dir)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(dir)) {
      return entries
          .map(entry -> Fence.ofFileName(entry.getFileName().toString()))
          .flatMap(Optional::stream)
          .toList();
    }
  }
}
