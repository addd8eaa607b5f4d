package io.reseal.files;

import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * All paths of one sector's files under a base directory, which is a sealing thread's location or a
 * store: {@code {unsealed,sealed,cache}/s-t0<miner>-<number>}.
 *
 * @param base the location or store
 * @param sector which sector
 */
public record SectorFiles(Path base, SectorId sector) {

  static final String UNSEALED = "unsealed";
  static final String SEALED = "sealed";
  static final String CACHE = "cache";

  static final String P_AUX = "p_aux";
  static final String T_AUX = "t_aux";

  /**
   * A file that a proven sector needs for good.
   *
   * @param path where it is
   * @param size its exact bytes; empty where they depend on what is recorded in it
   */
  public record Kept(Path path, OptionalLong size) {}

  /** The data, padded; {@code unsealed/s-…}. */
  public Path unsealed() {
    return base.resolve(UNSEALED).resolve(sector.fileName());
  }

  /** The replica; {@code sealed/s-…}. */
  public Path sealed() {
    return base.resolve(SEALED).resolve(sector.fileName());
  }

  /** Directory of trees, layers and their commitments; {@code cache/s-…}. */
  public Path cacheDir() {
    return base.resolve(CACHE).resolve(sector.fileName());
  }

  /** CommC and the root of tree R-last. */
  public Path pAux() {
    return cacheDir().resolve(P_AUX);
  }

  /** Labels and geometry, with paths in it. */
  public Path tAux() {
    return cacheDir().resolve(T_AUX);
  }

  public Path treeD() {
    return cacheDir().resolve("sc-02-data-tree-d.dat");
  }

  /** A layer's labels, counted from 1. */
  public Path layer(int number) {
    return cacheDir().resolve("sc-02-data-layer-" + number + ".dat");
  }

  /** Whose the layers are, and the SHA-256 of each finished one. */
  Path layersRecord() {
    return cacheDir().resolve("reseal-layers.json");
  }

  /** What C1 leaves for C2. */
  public Path vanillaProofs() {
    return cacheDir().resolve("reseal-c1.json");
  }

  /** The seal proof until it is kept elsewhere. */
  public Path proof() {
    return cacheDir().resolve("reseal-proof.json");
  }

  /** The files that stay when a sector is finished: the sealed file first. */
  public List<Kept> kept(SealProof proof) {
    List<Kept> kept = new ArrayList<>();
    kept.add(new Kept(sealed(), OptionalLong.of(proof.size().bytes())));
    kept.addAll(keptCache(proof));
    return List.copyOf(kept);
  }

  /** The part of {@link #kept} that lies in {@link #cacheDir}. */
  List<Kept> keptCache(SealProof proof) {
    SectorGeometry geometry = SectorGeometry.of(proof.size());
    List<Kept> kept = new ArrayList<>();
    for (String name : geometry.treeRLastNames()) {
      kept.add(new Kept(cacheDir().resolve(name), OptionalLong.of(geometry.treeRLastBytes())));
    }
    kept.add(new Kept(pAux(), OptionalLong.of(SectorGeometry.P_AUX_BYTES)));
    kept.add(new Kept(tAux(), OptionalLong.empty()));
    return kept;
  }

  /**
   * What is wrong with the kept files' presence and sizes, one line each; empty when all is well.
   * To be asked before a proof is made over them: the sealing library makes a missing tree file
   * itself, empty and of full size, and then believes in it.
   */
  public List<String> keptFaults(SealProof proof) throws IOException {
    List<String> faults = new ArrayList<>();
    for (Kept file : kept(proof)) {
      if (!Files.isRegularFile(file.path())) {
        faults.add(file.path() + " is missing");
        continue;
      }
      long size = Files.size(file.path());
      if (file.size().isPresent() ? size != file.size().getAsLong() : size == 0) {
        faults.add(
            "%s has %d bytes instead of %s"
                .formatted(
                    file.path(),
                    size,
                    file.size().isPresent()
                        ? Long.toString(file.size().getAsLong())
                        : "some hundred"));
      }
    }
    return faults;
  }

  /** Whether anything at all lies at the sealed file's or the cache directory's place. */
  boolean hasStoredPart() {
    return exists(sealed()) || exists(cacheDir());
  }

  /** Also true for a dangling link, which is somebody's all the same. */
  static boolean exists(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }
}
