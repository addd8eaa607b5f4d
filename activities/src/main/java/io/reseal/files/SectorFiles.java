package io.reseal.files;

import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The paths of one sector's files: {@code
 * {unsealed,sealed,cache,update,update-cache}/s-t0<miner>-<number>} in a sealing thread's location,
 * in a store, or, type by type, in several stores.
 *
 * @param bases the location or store of each type of files
 * @param sector which sector
 */
public record SectorFiles(Map<FileType, Path> bases, SectorId sector) {

  static final String P_AUX = "p_aux";
  static final String T_AUX = "t_aux";
  private static final String TREE_D = "sc-02-data-tree-d.dat";

  /**
   * A file that a proven sector needs permanently.
   *
   * @param path where it is
   * @param size its exact bytes; empty if they depend on its content
   */
  public record Kept(Path path, OptionalLong size) {

    /** Whether it is there with its size; not if that cannot be found out. */
    public boolean isWhole() {
      try {
        return faults(List.of(this)).isEmpty();
      } catch (IOException e) {
        return false;
      }
    }
  }

  public SectorFiles {
    bases = Map.copyOf(bases);
  }

  /** All of them in one location or store. */
  public SectorFiles(Path base, SectorId sector) {
    this(
        Stream.of(FileType.values()).collect(Collectors.toMap(type -> type, type -> base)), sector);
  }

  /** The one location or store that has all of them. */
  public Path base() {
    return bases.values().stream().distinct().reduce((one, other) -> null).orElseThrow();
  }

  /** Where a type's folder is; fails for a type that is in none of the stores. */
  public Path base(FileType type) {
    return Objects.requireNonNull(bases.get(type), type.folder());
  }

  /** The path of a type's file or directory. */
  Path at(FileType type) {
    return base(type).resolve(type.folder()).resolve(sector.fileName());
  }

  /** The data, padded; {@code unsealed/s-…}. */
  public Path unsealed() {
    return at(FileType.UNSEALED);
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

  /** The update's vanilla proofs, where Curio made it. */
  public Path updateProofs() {
    return updateCacheDir().resolve("snap-vproof.json");
  }

  /** Tree D over the update's data. */
  Path updateTreeD() {
    return updateCacheDir().resolve(TREE_D);
  }

  /** A replica's file. */
  public Path data(Replica replica) {
    return at(replica.dataType());
  }

  /** The directory of the files that prove a replica. */
  public Path cacheDir(Replica replica) {
    return at(replica.cacheType());
  }

  /** Every path that any of the sector's files can have: files and directories. */
  List<Path> places() {
    return Stream.of(FileType.values()).map(this::at).toList();
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

  /** The last layer's labels: the key of what was sealed. */
  public Path lastLayer(SealProof proof) {
    return layer(proof.size().layers());
  }

  /** Fails if the last layer is not there with its size. */
  public void requireLastLayer(SealProof proof) throws IOException {
    List<String> faults =
        faults(List.of(new Kept(lastLayer(proof), OptionalLong.of(proof.size().bytes()))));
    if (!faults.isEmpty()) {
      throw new IncompleteSectorException(faults);
    }
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
    kept.addAll(proving(replica.dataType(), proof));
    kept.addAll(keptCache(replica, proof));
    return List.copyOf(kept);
  }

  /** The kept files of a replica that lie in its directory. */
  List<Kept> keptCache(Replica replica, SealProof proof) {
    Path dir = cacheDir(replica);
    List<Kept> kept = new ArrayList<>(treeR(replica, proof));
    kept.add(new Kept(dir.resolve(P_AUX), OptionalLong.of(SectorGeometry.P_AUX_BYTES)));
    kept.add(new Kept(dir.resolve(T_AUX), OptionalLong.empty()));
    return kept;
  }

  /** The files of a replica's tree R, in their order. */
  public List<Kept> treeR(Replica replica, SealProof proof) {
    SectorGeometry geometry = SectorGeometry.of(proof.size());
    return geometry.treeRLastNames().stream()
        .map(
            name ->
                new Kept(
                    cacheDir(replica).resolve(name), OptionalLong.of(geometry.treeRLastBytes())))
        .toList();
  }

  /** All layers, in their order. */
  public List<Kept> layers(SealProof proof) {
    return IntStream.rangeClosed(1, proof.size().layers())
        .mapToObj(number -> new Kept(layer(number), OptionalLong.of(proof.size().bytes())))
        .toList();
  }

  /** The files of tree C, in their order. */
  public List<Kept> treeC(SealProof proof) {
    SectorGeometry geometry = SectorGeometry.of(proof.size());
    return geometry.treeCNames().stream()
        .map(name -> new Kept(cacheDir().resolve(name), OptionalLong.of(geometry.treeCBytes())))
        .toList();
  }

  /** Tree D. */
  public Kept treeD(SealProof proof) {
    return new Kept(treeD(), OptionalLong.of(SectorGeometry.of(proof.size()).treeDBytes()));
  }

  /** What SupraSeal leaves of commit 1: vanilla proofs of sealing. */
  public Path commit1Output() {
    return cacheDir().resolve("commit-phase1-output");
  }

  /** A replica's own file. */
  public Kept replica(Replica replica, SealProof proof) {
    return new Kept(data(replica), OptionalLong.of(proof.size().bytes()));
  }

  /** The files that a proof reads: the kept ones without {@code t_aux}, which none does. */
  private List<Kept> proving(FileType type, SealProof proof) {
    Optional<Replica> replica = Replica.of(type);
    if (replica.isEmpty()) {
      return List.of();
    }
    return type == replica.get().dataType()
        ? List.of(replica(replica.get(), proof))
        : keptCache(replica.get(), proof).stream()
            .filter(kept -> !kept.path().endsWith(T_AUX))
            .toList();
  }

  /** Faults in the presence and sizes of the files that a proof of a replica reads. */
  public List<String> provingFaults(Replica replica, SealProof proof) throws IOException {
    List<String> faults = new ArrayList<>(provingFaults(replica.dataType(), proof));
    faults.addAll(provingFaults(replica.cacheType(), proof));
    return faults;
  }

  /** The same for one type of files. */
  List<String> provingFaults(FileType type, SealProof proof) throws IOException {
    return type == FileType.UNSEALED ? unsealedFaults(proof) : faults(proving(type, proof));
  }

  /**
   * Faults in the presence and form of the unsealed copy: whether it has the sector's size and a
   * trailer that can be read.
   */
  public List<String> unsealedFaults(SealProof proof) {
    Path file = unsealed();
    if (!exists(file)) {
      return List.of(file + " is missing");
    }
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return List.of(file + " is a link, directory, pipe or device instead of a file");
    }
    try {
      long bytes = UnsealedTrailer.dataBytes(file);
      return bytes == proof.size().bytes()
          ? List.of()
          : List.of(
              "%s holds a sector of %d bytes instead of %d"
                  .formatted(file, bytes, proof.size().bytes()));
    } catch (IOException e) {
      return List.of("%s %s".formatted(file, e.getMessage()));
    }
  }

  /** Whether a replica lacks {@code t_aux}, which miners' software may demand. */
  public boolean lacksTAux(Replica replica) throws IOException {
    Path file = tAux(replica);
    return !Files.isRegularFile(file) || Files.size(file) == 0;
  }

  /** The list of a replica's trees. */
  public Path tAux(Replica replica) {
    return cacheDir(replica).resolve(T_AUX);
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
    return has(replica.dataType()) || has(replica.cacheType());
  }

  /** Whether anything at all is at the path of this type of files. */
  boolean has(FileType type) {
    return exists(at(type));
  }

  /** Also true for a dangling link: something put it there. */
  public static boolean exists(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }
}
