package io.reseal.files;

import io.reseal.contract.SectorFacts;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Layers of inputs that a sector may have been sealed with, made beside those of other inputs. They
 * lie apart from the sector's own files, which are of one replica only, and become those when their
 * inputs' turn comes.
 */
public final class CandidateLayers {

  private static final String FOLDER = "candidates";
  private static final String WHOLE = "labelled";
  private static final String LOCK = "lock";

  private final Path directory;
  private final SectorId sector;
  private final Durable durable;

  /**
   * @param owners the directory of owner files in a location
   */
  CandidateLayers(Path owners, SectorId sector, Durable durable) {
    this.directory = owners.resolve(FOLDER).resolve(sector.fileName());
    this.sector = sector;
    this.durable = durable;
  }

  /** Where the layers of these inputs lie; their directory is made. */
  public SectorFiles begin(SectorFacts facts) throws IOException {
    SectorFiles files = files(facts);
    durable.makeDirectory(files.cacheDir());
    return files;
  }

  private SectorFiles files(SectorFacts facts) {
    return new SectorFiles(of(facts), sector);
  }

  private Path of(SectorFacts facts) {
    return directory.resolve(facts.replicaId().hex());
  }

  /** The file that a stage process locks while it makes the layers of these inputs. */
  public Path lockFile(SectorFacts facts) {
    return of(facts).resolve(LOCK);
  }

  /** Whether all layers of these inputs are made. */
  public boolean areWhole(SectorFacts facts) {
    return SectorFiles.exists(of(facts).resolve(WHOLE));
  }

  /** All layers of these inputs are made. */
  public void whole(SectorFacts facts) throws IOException {
    if (!areWhole(facts)) {
      durable.create(of(facts).resolve(WHOLE));
    }
  }

  /** Bytes that the layers of these inputs take in the end. */
  public static long bytes(SectorFacts facts) {
    return bytes(SectorGeometry.of(facts.proof().size()));
  }

  private static long bytes(SectorGeometry geometry) {
    return geometry.layers() * geometry.sectorBytes();
  }

  /** Bytes that the layers which have been begun will still take. */
  long missingBytes(SectorGeometry geometry) throws IOException {
    long missing = 0;
    for (Path begun : begun()) {
      missing += Math.max(0, bytes(geometry) - Tree.bytes(begun));
    }
    return missing;
  }

  private List<Path> begun() throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    List<Path> begun = new ArrayList<>();
    try (Stream<Path> entries = Files.list(directory)) {
      entries.filter(entry -> !SectorFiles.exists(entry.resolve(WHOLE))).forEach(begun::add);
    }
    return begun;
  }

  /** Makes the layers of these inputs the sector's own, unless it has a directory already. */
  void adopt(SectorFacts facts, SectorFiles own) throws IOException {
    Path layers = files(facts).cacheDir();
    if (Files.isDirectory(layers) && !SectorFiles.exists(own.cacheDir())) {
      durable.rename(layers, own.cacheDir());
    }
    durable.deleteTree(of(facts));
  }

  void remove() throws IOException {
    durable.deleteTree(directory);
  }
}
