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
import java.util.stream.Stream;

/**
 * All paths of one sector's files under a base directory, which is a sealing thread's location or a
 * store: {@code {unsealed,sealed,cache,update,update-cache}/s-t0<miner>-<number>}.
 *
 * @param base the location or store
 * @param sector which sector
 */
public record SectorFiles(Path base, SectorId sector) {

  static final String UNSEALED = "unsealed";

  static final String P_AUX = "p_aux";
  static final String T_AUX = "t_aux";
  private static final String TREE_D = "sc-02-data-tree-d.dat";

  /** The folders of {@link #places}. */
  static final List<String> KINDS = List.of(UNSEALED, "sealed", "cache", "update", "update-cache");

  /**
   * A file that a proven sector needs permanently.
   *
   * @param path where it is
   * @param size its exact bytes; empty if they depend on its content
   */
  public record Kept(Path path, OptionalLong size) {}

  /** The data, padded; {@code unsealed/s-…}. */
  public Path unsealed() {
    return base.resolve(UNSEALED).resolve(sector.fileName());
  }

  /** The replica; {@code sealed/s-…}. */
  public Path sealed() {
    return data(Replica.SEALED);
  }

  /** Directory of trees, layers and their commitments; {@code cache/s-…}. */
  public Path cacheDir() {
    return cacheDir(Replica.SEALED);
  }

  /** The replica that the update made; {@code update/s-…}. */
  public Path update() {
    return data(Replica.UPDATE);
  }

  /** Directory of the files that prove the update; {@code update-cache/s-…}. */
  public Path updateCacheDir() {
    return cacheDir(Replica.UPDATE);
  }

  /** The update's data, padded, until it is encoded and stored. */
  public Path updateData() {
    return updateCacheDir().resolve("reseal-data.dat");
  }

  /** The padded data that a replica is made of. */
  public Path unsealed(Replica replica) {
    return replica == Replica.UPDATE ? updateData() : unsealed();
  }

  /** Tree D over the update's data. */
  Path updateTreeD() {
    return updateCacheDir().resolve(TREE_D);
  }

  /** A replica's file. */
  public Path data(Replica replica) {
    return base.resolve(replica.dataKind()).resolve(sector.fileName());
  }

  /** The directory of the files that prove a replica. */
  public Path cacheDir(Replica replica) {
    return base.resolve(replica.cacheKind()).resolve(sector.fileName());
  }

  /** Every path that any of the sector's files can have: files and directories. */
  List<Path> places() {
    return List.of(unsealed(), sealed(), cacheDir(), update(), updateCacheDir());
  }

  /** CommC and the root of tree R-last. */
  public Path pAux() {
    return pAux(Replica.SEALED);
  }

  /** The same for one of the sector's replicas. */
  public Path pAux(Replica replica) {
    return cacheDir(replica).resolve(P_AUX);
  }

  public Path treeD() {
    return cacheDir().resolve(TREE_D);
  }

  /** A layer's labels, counted from 1. */
  public Path layer(int number) {
    return cacheDir().resolve("sc-02-data-layer-" + number + ".dat");
  }

  /** The owner of the layers, and the SHA-256 of each finished one. */
  Path layersRecord() {
    return cacheDir().resolve("reseal-layers.json");
  }

  /** The synthetic proofs, if the proof type has them. */
  Path syntheticProofs() {
    return cacheDir().resolve("syn-porep-vanilla-proofs.dat");
  }

  /** What C1 leaves for C2. */
  public Path vanillaProofs() {
    return cacheDir().resolve("reseal-c1.json");
  }

  /** The seal proof until it is stored elsewhere. */
  public Path proof() {
    return cacheDir().resolve("reseal-proof.json");
  }

  /** The files that stay when a sector is finished: for each replica its file first. */
  public List<Kept> kept(SectorKind kind) {
    return kind.replicas().stream()
        .flatMap(replica -> kept(replica, kind.proof()).stream())
        .toList();
  }

  List<Kept> kept(Replica replica, SealProof proof) {
    List<Kept> kept = new ArrayList<>();
    kept.add(new Kept(data(replica), OptionalLong.of(proof.size().bytes())));
    kept.addAll(keptCache(replica, proof));
    return List.copyOf(kept);
  }

  /** The kept files of a replica that lie in its directory. */
  List<Kept> keptCache(Replica replica, SealProof proof) {
    Path dir = cacheDir(replica);
    SectorGeometry geometry = SectorGeometry.of(proof.size());
    List<Kept> kept = new ArrayList<>();
    for (String name : geometry.treeRLastNames()) {
      kept.add(new Kept(dir.resolve(name), OptionalLong.of(geometry.treeRLastBytes())));
    }
    kept.add(new Kept(dir.resolve(P_AUX), OptionalLong.of(SectorGeometry.P_AUX_BYTES)));
    kept.add(new Kept(dir.resolve(T_AUX), OptionalLong.empty()));
    return kept;
  }

  /**
   * Faults in the presence and sizes of the kept files, one line each; empty if there are none.
   * Check this before proving: the sealing library creates a missing tree file itself, empty and of
   * full size, and then trusts it.
   */
  public List<String> keptFaults(SectorKind kind) throws IOException {
    return faults(kept(kind));
  }

  /** The same for one of its replicas. */
  public List<String> keptFaults(Replica replica, SealProof proof) throws IOException {
    return faults(kept(replica, proof));
  }

  /** Fails if a kept file of one of its replicas is missing or has another size. */
  public void requireKept(Replica replica, SealProof proof) throws IOException {
    List<String> faults = keptFaults(replica, proof);
    if (!faults.isEmpty()) {
      throw new IncompleteSectorException(faults);
    }
  }

  private static List<String> faults(List<Kept> kept) throws IOException {
    List<String> faults = new ArrayList<>();
    for (Kept file : kept) {
      if (!exists(file.path())) {
        faults.add(file.path() + " is missing");
        continue;
      }
      if (!Files.isRegularFile(file.path(), LinkOption.NOFOLLOW_LINKS)) {
        faults.add(file.path() + " is a link, directory, pipe or device instead of a file");
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
                        : "a few hundred"));
      }
    }
    return faults;
  }

  /** Whether anything at all is at the path of any replica or its directory. */
  boolean hasStoredPart() {
    return Stream.of(Replica.values()).anyMatch(this::hasPart);
  }

  /** Whether anything at all is at the path of this replica or its directory. */
  public boolean hasPart(Replica replica) {
    return exists(data(replica)) || exists(cacheDir(replica));
  }

  /** Also true for a dangling link: something put it there. */
  static boolean exists(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }
}
