package io.reseal.files;

import io.reseal.contract.SectorFacts;
import io.reseal.sector.SealProof;
import java.util.List;

/**
 * Determines which files a sector has and how large they are.
 *
 * @param proof its seal proof
 * @param replicas its sealed forms, in the order they are made
 */
public record SectorKind(SealProof proof, List<Replica> replicas) {

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
    return new SectorKind(proof, List.of(Replica.UPDATE));
  }

  /** The sealed form alone: what an update made of it stays where it is. */
  public SectorKind withoutUpdate() {
    return new SectorKind(proof, List.of(Replica.SEALED));
  }

  /** The types of files that make up a finished sector. */
  public List<FileType> storedTypes() {
    return replicas().stream().flatMap(replica -> replica.types().stream()).toList();
  }
}
