package io.reseal.record;

import io.reseal.sector.Cid;
import io.reseal.sector.Piece;
import io.reseal.sector.PieceLayout;
import io.reseal.sector.Randomness;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import io.reseal.sector.ZeroPieces;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * What a sector was sealed from and what came out, as the catalog keeps it. The constructor refuses
 * what cannot be a sector, naming all faults together.
 *
 * @param id which sector
 * @param proof its seal proof
 * @param ticket the randomness PC1 starts from
 * @param seed the randomness its proof was asked with, or null where unknown
 * @param seedEpoch the chain height that the seed is drawn at, which can be known before the seed
 *     is; null where unknown
 * @param proofDue whether the sector's pre-commit has landed and its proof has not
 * @param commD CID of the commitment to the sealed data, or null: computed from the pieces
 * @param commR CID of the commitment to the sealed replica; of a snapped sector its key's
 * @param pieces the known pieces that were sealed, in order, with or without fillers; none for an
 *     empty sector
 * @param source who brought the record in: {@code add}, {@code import-json FILE}
 * @param recordJson another system's record as imported, so that an export gives all of it back, or
 *     null
 * @param snap what the sector was updated to, or null if it was not snapped
 * @param standing how it stands on chain, or null where nobody has asked
 */
public record SectorRecord(
    SectorId id,
    SealProof proof,
    Randomness ticket,
    Randomness seed,
    Long seedEpoch,
    boolean proofDue,
    String commD,
    String commR,
    List<Piece> pieces,
    String source,
    String recordJson,
    Snap snap,
    Standing standing) {

  /** A sector that was not snapped, whose proof has landed, and of which no more is known. */
  public SectorRecord(
      SectorId id,
      SealProof proof,
      Randomness ticket,
      Randomness seed,
      String commD,
      String commR,
      List<Piece> pieces,
      String source,
      String recordJson) {
    this(
        id, proof, ticket, seed, null, false, commD, commR, pieces, source, recordJson, null, null);
  }

  public SectorRecord {
    Faults faults = new Faults();
    faults.missing("sector", id);
    faults.missing("seal proof", proof);
    faults.missing("ticket", ticket);
    faults.missing("CommR", commR);
    faults.missing("source", source);
    pieces = pieces == null ? List.of() : List.copyOf(pieces);
    if (seed != null) {
      seedEpoch = seed.epoch();
      faults.missing("seed's epoch", seedEpoch);
    }
    if (commR != null) {
      String given = commR;
      commR = faults.collect(() -> Cid.sealed(Cid.ofSealed(given)));
    }
    if (commD != null) {
      String given = commD;
      commD = faults.collect(() -> Cid.unsealed(Cid.ofUnsealed(given)));
    }
    if (proof != null) {
      SealProof sealedWith = proof;
      List<Piece> known = pieces;
      faults.collect(() -> PieceLayout.complete(sealedWith.size(), known));
      checkEmpty(faults, "It has", proof, commD, pieces);
      if (snap != null) {
        Snap update = snap;
        faults.collect(() -> PieceLayout.complete(sealedWith.size(), update.pieces()));
        checkEmpty(faults, "Its replica update has", proof, snap.commD(), snap.pieces());
      }
    }
    faults.refuse("The record of sector %s cannot be right.".formatted(id));
  }

  /**
   * Without pieces the data is all zeros; another CommD means that the pieces were not recorded.
   */
  private static void checkEmpty(
      Faults faults, String what, SealProof proof, String commD, List<Piece> pieces) {
    if (commD != null
        && pieces.isEmpty()
        && !commD.equals(Cid.unsealed(ZeroPieces.commitment(proof.size().bytes())))) {
      faults.add(
          "%s no pieces, but its CommD %s is not that of an empty sector of %s."
              .formatted(what, commD, proof.size()));
    }
  }

  /** The same with another standing on chain. */
  public SectorRecord withStanding(Standing other) {
    return new SectorRecord(
        id,
        proof,
        ticket,
        seed,
        seedEpoch,
        proofDue,
        commD,
        commR,
        pieces,
        source,
        recordJson,
        snap,
        other);
  }

  /** Collects what is wrong, to say it all at once. */
  private static final class Faults {
    private final List<String> found = new ArrayList<>();

    void add(String fault) {
      found.add(fault);
    }

    void missing(String what, Object value) {
      if (value == null) {
        found.add("The %s is missing.".formatted(what));
      }
    }

    <T> T collect(Supplier<T> check) {
      try {
        return check.get();
      } catch (IllegalArgumentException e) {
        found.add(e.getMessage());
        return null;
      }
    }

    void refuse(String summary) {
      if (!found.isEmpty()) {
        throw new IllegalArgumentException(summary + " " + String.join(" ", found));
      }
    }
  }
}
