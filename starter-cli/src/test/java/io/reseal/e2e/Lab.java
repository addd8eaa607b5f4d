package io.reseal.e2e;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.reseal.record.SectorRecord;
import io.reseal.sector.Piece;
import io.reseal.sector.Randomness;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import io.reseal.standin.Directories;
import io.reseal.standin.SectorMaker;
import io.reseal.standin.Stages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/** Makes sectors, loses them, and shows which files of them are in the store and in scratch. */
final class Lab {

  static final long MINER = 1001;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Fleet fleet;
  private final SectorMaker maker;
  private final Path sealing;
  private final AtomicLong numbers = new AtomicLong(100);
  private LostSector big;

  Lab(Fleet fleet) {
    this.fleet = fleet;
    this.maker = new SectorMaker(new Stages(System.getenv()), fleet.pieces());
    this.sealing = fleet.home().resolve("sealing");
  }

  SectorMaker maker() {
    return maker;
  }

  /** A new piece of random data at an offset. */
  Piece piece(long paddedSize, long offset) throws IOException {
    return maker.piece(paddedSize, offset);
  }

  Randomness ticket() {
    return maker.ticket();
  }

  /** An unused sector id. */
  SectorId nextSector() {
    return new SectorId(MINER, numbers.incrementAndGet());
  }

  /** A sector that was sealed and lost, and whose inputs are in the catalog. */
  LostSector lose(SealProof proof, Piece... pieces) throws IOException {
    return lose(nextSector(), proof, pieces);
  }

  LostSector lose(SectorId id, SealProof proof, Piece... pieces) throws IOException {
    LostSector lost = loseUnrecorded(id, proof, pieces);
    fleet.catalog().sectors().add(lost.record());
    return lost;
  }

  /** A sector that was sealed and lost, and that the catalog does not know. */
  LostSector loseUnrecorded(SealProof proof, Piece... pieces) throws IOException {
    return loseUnrecorded(nextSector(), proof, pieces);
  }

  private LostSector loseUnrecorded(SectorId id, SealProof proof, Piece... pieces)
      throws IOException {
    SectorRecord record = maker.seal(id, proof, List.of(pieces), sealing);
    LostSector lost = new LostSector(record, LostSector.filesIn(sealing, id));
    Directories.remove(sealing);
    return lost;
  }

  /**
   * A sector of 8 MiB with pieces and a gap. It is sealed once and lost again at each call, with
   * all that the catalog knows of its trees, so that all of it is sealed again. Its layers take a
   * third of a second each, so a test can stop its PC1 between them.
   */
  LostSector bigOne() throws IOException {
    if (big == null) {
      big = lose(SealProof.MIB_8_V1_1, piece(1 << 20, 0), piece(4 << 20, 4 << 20));
    }
    lose(big);
    fleet.forgetRoots(big.id());
    return big;
  }

  /** Removes a sector's files from the store, as if its disk had died once more. */
  void lose(LostSector sector) throws IOException {
    for (String file : sector.files().keySet()) {
      Files.deleteIfExists(fleet.store().resolve(file));
    }
    Files.deleteIfExists(fleet.store().resolve("cache").resolve(sector.id().fileName()));
  }

  /** Replaces what the catalog knows of a sector. */
  void record(SectorRecord record) {
    fleet.catalog().sectors().replace(record);
  }

  /** The sector's files in the store, to compare with {@link LostSector#files}. */
  Map<String, String> stored(LostSector sector) {
    return LostSector.filesIn(fleet.store(), sector.id());
  }

  /** All files of the sector in the scratch of any host. */
  List<Path> scratchFiles(LostSector sector) throws IOException {
    List<Path> files = new ArrayList<>();
    for (String host : Fleet.HOSTS) {
      try (var tree = Files.walk(fleet.scratch(host))) {
        files.addAll(
            tree.filter(path -> path.toString().contains(sector.id().fileName())).toList());
      }
    }
    return files;
  }

  /** Whether all layers of a sector of 2 KiB are in the scratch of a host. */
  boolean hasAllLayers(SectorId sector) {
    return Fleet.HOSTS.stream().anyMatch(host -> layers(fleet.scratch(host), sector) == 2);
  }

  /** How many layers of the sector are finished in a location. */
  static int layers(Path location, SectorId sector) {
    Path record =
        location.resolve("cache").resolve(sector.fileName()).resolve("reseal-layers.json");
    try {
      return Files.exists(record) ? JSON.readTree(record.toFile()).path("layers").size() : 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The sealing thread's release removes the scratch, shortly after the last state is recorded. */
  void awaitNoScratch(LostSector sector) {
    awaitNoScratch(sector, file -> true);
  }

  /** Waits until none of these is among the sector's scratch files. */
  void awaitNoScratch(LostSector sector, Predicate<Path> which) {
    Await.until(
        "no scratch file of " + sector.id() + " is left",
        () -> {
          try {
            return scratchFiles(sector).stream().noneMatch(which);
          } catch (IOException | UncheckedIOException e) {
            return false;
          }
        });
  }
}
