package io.reseal.files;

import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Reseal's own directory in a store, {@code .reseal}: {@code incoming/s-…} holds each sector's
 * unfinished {@link Exchange}s, {@code fences/s-…} which attempt may change a sector, {@code
 * kept/<time>-<run>/{sealed,cache,…}/s-…} the files that they replaced, {@code proofs/s-…-<seed
 * height>.json} seal proofs. It is outside {@code sealed/} and {@code cache/} because the miner's
 * software takes every {@code s-t0…} there for a sector.
 */
final class OwnDirectory {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final int RUN_CHARS = 8;

  private final Path top;
  private final Durable durable;
  private final Clock clock;

  OwnDirectory(Path store, Durable durable, Clock clock) {
    this.top = store.resolve(".reseal");
    this.durable = durable;
    this.clock = clock;
  }

  Durable durable() {
    return durable;
  }

  /** Where all unfinished exchanges are. */
  Path incoming() {
    return top.resolve("incoming");
  }

  /** Where a sector's unfinished exchanges are. */
  Path incoming(SectorId sector) {
    return incoming().resolve(sector.fileName());
  }

  /** The room that rebuilds have been promised. */
  Reservations reservations() {
    return new Reservations(top.resolve("reserved"), durable);
  }

  /** Which attempt may change the sector's files. */
  FenceDirectory fence(SectorId sector, EndedRuns runs) {
    return new FenceDirectory(
        top.resolve("fences").resolve(sector.fileName()), sector, durable, runs);
  }

  /** The sectors that have unfinished exchanges. */
  List<SectorId> exchanging() throws IOException {
    return list(incoming()).stream()
        .flatMap(dir -> SectorId.ofFileName(dir.getFileName().toString()).stream())
        .toList();
  }

  /** The place of a seal proof's file: the i-th, from 1, for the same seed. */
  Path proof(SectorId sector, long seedEpoch, int i) {
    return top.resolve("proofs")
        .resolve("%s-%d%s.json".formatted(sector.fileName(), seedEpoch, i == 1 ? "" : "-" + i));
  }

  boolean exists() {
    return Files.exists(top);
  }

  void removeIfEmpty() throws IOException {
    durable.delete(top);
  }

  /** Removes a sector's directory of exchanges, unless there are any. */
  void removeIncomingIfEmpty(SectorId sector) throws IOException {
    try {
      durable.delete(incoming(sector));
    } catch (DirectoryNotEmptyException e) {
      // Another attempt has begun one.
    }
  }

  /** Fails if nothing can be written in the store. */
  void tryWriting() throws IOException {
    durable.makeDirectory(top);
    Path probe = top.resolve("probe-" + UUID.randomUUID());
    Files.createFile(probe);
    Files.delete(probe);
  }

  /**
   * A free path for an older file or directory.
   *
   * @param type which type of files it is
   */
  Path newKept(SectorId sector, FileType type, String runId) throws IOException {
    List<Path> places = new ArrayList<>(ofRun(runId));
    Path named = kept().resolve(TIME.format(clock.instant()) + "-" + shortened(runId));
    places.add(named);
    for (int i = 2; ; i++) {
      for (Path place : places) {
        Path free = new SectorFiles(place, sector).at(type);
        if (!SectorFiles.exists(free)) {
          return free;
        }
      }
      places = List.of(named.resolveSibling(named.getFileName() + "-" + i));
    }
  }

  /** Where a run has kept older files of a sector. */
  List<Path> keptOf(SectorId sector, String runId) throws IOException {
    return ofRun(runId).stream()
        .flatMap(place -> new SectorFiles(place, sector).places().stream())
        .filter(SectorFiles::exists)
        .toList();
  }

  /** The directories of older files, of all runs, each with a store's layout, oldest first. */
  List<Path> olderCopies() throws IOException {
    return list(kept());
  }

  /** Directories made by earlier attempts of the run; a retry continues with them. */
  private List<Path> ofRun(String runId) throws IOException {
    String ofRun = "\\d{8}T\\d{6}-\\Q" + shortened(runId) + "\\E(-\\d+)?";
    return olderCopies().stream()
        .filter(path -> path.getFileName().toString().matches(ofRun))
        .toList();
  }

  /** What is in a directory, by name; nothing if it is none. */
  static List<Path> list(Path dir) throws IOException {
    if (!Files.isDirectory(dir)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(dir)) {
      return entries.sorted().toList();
    }
  }

  private Path kept() {
    return top.resolve("kept");
  }

  private static String shortened(String runId) {
    return runId.substring(0, Math.min(RUN_CHARS, runId.length()));
  }
}
