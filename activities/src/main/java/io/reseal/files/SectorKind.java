package io.reseal.files;

import io.reseal.contract.SectorFacts;
import io.reseal.sector.SealProof;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Determines which files a sector has and how large they are.
 *
 * @param proof its seal proof
 * @param replicas its sealed forms, in the order they are made
 * @param unsealed the form whose data are kept as the unsealed copy; empty if none is kept
 * @param repaired whether its sealed forms stay in stores, and only what proves them is made
 */
public record SectorKind(
    SealProof proof, List<Replica> replicas, Optional<Replica> unsealed, boolean repaired) {

  private SectorKind(SealProof proof, List<Replica> replicas) {
    this(proof, replicas, Optional.empty(), false);
  }

  /**
   * @param snapped whether it was snapped, so that it has an update beside what was sealed
   */
  public SectorKind(SealProof proof, boolean snapped) {
    this(proof, snapped ? List.of(Replica.values()) : List.of(Replica.SEALED));
  }

  public static SectorKind of(SectorFacts facts) {
    return new SectorKind(facts.proof(), facts.snap() != null);
  }

  /** A snapped sector's update alone: its key is elsewhere. */
  public SectorKind withoutKey() {
    return new SectorKind(proof, List.of(Replica.UPDATE), unsealed, repaired);
  }

  /** The sealed form alone: what an update made of it stays where it is. */
  public SectorKind withoutUpdate() {
    return new SectorKind(proof, List.of(Replica.SEALED), unsealed, repaired);
  }

  /** The same with the unsealed copy of the data that it holds now. */
  public SectorKind withUnsealed(Replica of) {
    return new SectorKind(proof, replicas, Optional.of(of), repaired);
  }

  /** The same, of which only what proves its sealed forms is made. */
  public SectorKind onlyRepaired() {
    return new SectorKind(proof, replicas, unsealed, true);
  }

  /** None of its sealed forms, only the unsealed copy if one is kept. */
  public SectorKind withoutReplicas() {
    return new SectorKind(proof, List.of(), unsealed, repaired);
  }

  /** The types of files that make up a finished sector. */
  public List<FileType> storedTypes() {
    return Stream.concat(
            replicas().stream().flatMap(replica -> replica.types().stream()),
            unsealed.map(of -> FileType.UNSEALED).stream())
        .toList();
  }
}
