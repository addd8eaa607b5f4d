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
 * one empty file for each attempt that claimed the sector, and the highest one counts. A claim adds
 * a file and then removes those of lower attempts, so a late one never displaces a higher one.
 *
 * <p>Ranks contain the server's time. Between two runs, which may have been started around a change
 * of its clock, what counts is therefore which of them has ended.
 */
final class FenceDirectory {

  private final Path dir;
  private final SectorId sector;
  private final Durable durable;
  private final EndedRuns runs;

  FenceDirectory(Path dir, SectorId sector, Durable durable, EndedRuns runs) {
    this.runs = runs;
    this.dir = dir;
    this.sector = sector;
    this.durable = durable;
  }

  /** Makes the attempt the highest one; refused if a higher one is there. */
  void claim(Fence mine) throws IOException {
    Path claimed = dir.resolve(mine.fileName());
    for (Fence other : all()) {
      requireNotEnded(mine, other);
      if (other.supersedes(mine)) {
        removeIfEnded(mine, other);
      }
    }
    durable.makeDirectory(dir);
    try {
      durable.create(claimed);
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

  private void requireNotEnded(Fence mine, Fence other) throws SupersededException {
    if (!other.runId().equals(mine.runId()) && runs.hasEnded(sector, mine.runId())) {
      throw new SupersededException(sector, other);
    }
  }

  private void removeIfEnded(Fence mine, Fence other) throws IOException {
    if (other.runId().equals(mine.runId()) || !runs.hasEnded(sector, other.runId())) {
      throw new SupersededException(sector, other);
    }
    durable.delete(dir.resolve(other.fileName()));
  }

  /** Fails if a higher attempt has claimed the sector, or has removed this one's claim. */
  void check(Fence mine) throws IOException {
    List<Fence> all = all();
    for (Fence other : all) {
      if (other.supersedes(mine)) {
        throw new SupersededException(sector, other);
      }
    }
    if (!all.contains(mine) && !all.isEmpty()) {
      throw new SupersededException(sector, all.get(0));
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
