package io.reseal.miner;

import io.reseal.sector.Commitment;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.util.List;
import java.util.Optional;

/**
 * The files by which a sector is proven, and where they were stored: the sealed file and its cache,
 * or the update and its cache.
 *
 * @param sector whose they are
 * @param proof the sector's seal proof
 * @param commR the replica's, as the chain has it
 * @param keyCommR the CommR of the sealed file under the update; empty if the sector was not
 *     snapped
 * @param parts the two types of files
 */
public record ProvenFiles(
    SectorId sector,
    SealProof proof,
    Commitment commR,
    Optional<Commitment> keyCommR,
    List<Part> parts) {

  public ProvenFiles {
    parts = List.copyOf(parts);
  }

  /** A type of files, with the number that Lotus and Curio give it. */
  public enum Type {
    SEALED(2),
    CACHE(4),
    UPDATE(8),
    UPDATE_CACHE(16);

    private final int bit;

    Type(int bit) {
      this.bit = bit;
    }

    int bit() {
      return bit;
    }
  }

  /**
   * Where the files of one type are.
   *
   * @param type which files
   * @param store the ID in the store's {@code sectorstore.json}, by which Lotus and Curio know it;
   *     empty if it has none
   * @param path the store's directory on its host
   */
  public record Part(Type type, Optional<String> store, String path) {

    String id() {
      return store.orElseThrow();
    }
  }

  /** Files in a store that Lotus and Curio do not know, if there are any. */
  Optional<Part> withoutId() {
    return parts.stream().filter(part -> part.store().isEmpty()).findFirst();
  }

  /** Whether the sector was snapped, so that its update is what is proven. */
  boolean updated() {
    return keyCommR.isPresent();
  }

  /**
   * The number of the WindowPoSt proof that the sector needs on chain (abi.RegisteredPoStProof,
   * V1_1). Lotus damages a cache directory when it is asked with another size's.
   */
  int windowPoStProof() {
    return switch (proof.size()) {
      case KIB_2 -> 10;
      case MIB_8 -> 11;
      case MIB_512 -> 12;
      case GIB_32 -> 13;
      case GIB_64 -> 14;
    };
  }
}
