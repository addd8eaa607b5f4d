package io.reseal.files;

import io.reseal.contract.SectorFacts;
import io.reseal.sector.SealProof;
import java.util.List;
import java.util.stream.Stream;

/**
 * What decides which files a sector has, and how large they are.
 *
 * @param proof its seal proof
 * @param snapped whether it was snapped, so that it has an update beside what was sealed
 */
public record SectorKind(SealProof proof, boolean snapped) {

  public static SectorKind of(SectorFacts facts) {
    return new SectorKind(facts.proof(), facts.snap() != null);
  }

  /** Its sealed forms, in the order they are made. */
  public List<Replica> replicas() {
    return snapped ? List.of(Replica.SEALED, Replica.UPDATE) : List.of(Replica.SEALED);
  }

  /** The kinds of files that a finished sector consists of. */
  List<String> storedKinds() {
    return replicas().stream()
        .flatMap(replica -> Stream.of(replica.dataKind(), replica.cacheKind()))
        .toList();
  }
}
