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
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a sector was sealed from and what it became: the input of a rebuild. The constructor refuses
 * what cannot be a sector and names all faults together.
 *
 * @param id which sector
 * @param proof its seal proof
 * @param ticket the randomness PC1 starts from
 * @param seed the randomness its proof answers, or null if unknown
 * @param seedEpoch the chain height that the seed is drawn at, which can be known before the seed
 *     is; null if unknown
 * @param proofDue whether the sector's pre-commit has landed and its proof has not
 * @param commD CID of the commitment to the sealed data, or null: computed from the pieces
 * @param commR CID of the commitment to the sealed replica; of a snapped sector its key's
 * @param pieces the known pieces that were sealed, in order, with or without fillers; none for an
 *     empty sector
 * @param source where the record comes from, e.g. {@code by hand}, {@code import-json FILE}
 * @param recordJson another system's record as imported, so that an export returns all of it, or
 *     null
 * @param snap what the sector was updated to, or null if it was not snapped
 * @param standing its status on chain, or null if the chain was not asked
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

  /**
   * The record that facts give.
   *
   * @param source where the facts come from
   */
  public static SectorRecord of(SectorId id, Facts facts, String source) {
    return new SectorRecord(
        id,
        facts.orNull(Fact.PROOF_TYPE),
        facts
            .get(Fact.TICKET)
            .map(ticket -> new Randomness(ticket, facts.orNull(Fact.TICKET_EPOCH)))
            .orElse(null),
        facts
            .get(Fact.SEED)
            .filter(seed -> facts.has(Fact.SEED_EPOCH))
            .map(seed -> new Randomness(seed, facts.orNull(Fact.SEED_EPOCH)))
            .orElse(null),
        facts.orNull(Fact.SEED_EPOCH),
        facts.get(Fact.PROOF_DUE).orElse(false),
        facts.orNull(Fact.COMM_D),
        facts.orNull(Fact.COMM_R),
        facts.orNull(Fact.PIECES),
        source,
        facts.orNull(Fact.RECORD_JSON),
        facts.isSnapped()
            ? new Snap(
                facts.orNull(Fact.SNAP_COMM_D),
                facts.orNull(Fact.SNAP_COMM_R),
                facts.orNull(Fact.SNAP_PIECES))
            : null,
        facts.orNull(Fact.STANDING));
  }

  /** Everything that the record states. */
  public Facts facts() {
    Facts.Builder facts =
        Facts.builder()
            .put(Fact.PROOF_TYPE, proof)
            .put(Fact.TICKET, ticket.value())
            .put(Fact.TICKET_EPOCH, Optional.ofNullable(ticket.epoch()))
            .put(Fact.SEED, Optional.ofNullable(seed).map(Randomness::value))
            .put(Fact.SEED_EPOCH, Optional.ofNullable(seedEpoch))
            .put(Fact.PROOF_DUE, proofDue)
            .put(Fact.COMM_D, Optional.ofNullable(commD))
            .put(Fact.COMM_R, commR)
            .put(Fact.PIECES, pieces)
            .put(Fact.SNAPPED, snap != null)
            .put(Fact.STANDING, Optional.ofNullable(standing))
            .put(Fact.RECORD_JSON, Optional.ofNullable(recordJson));
    if (snap != null) {
      facts
          .put(Fact.SNAP_COMM_D, Optional.ofNullable(snap.commD()))
          .put(Fact.SNAP_COMM_R, snap.commR())
          .put(Fact.SNAP_PIECES, snap.pieces());
    }
    return facts.build();
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
   * Without pieces the data is all zeros; another CommD means that pieces are missing from the
   * record.
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

  /** Collects what is wrong, to report it all at once. */
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
