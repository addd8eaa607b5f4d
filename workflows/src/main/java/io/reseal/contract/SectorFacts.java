package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.sector.Commitment;
import io.reseal.sector.Piece;
import io.reseal.sector.Randomness;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import io.reseal.sector.ZeroPieces;
import java.util.List;

/**
 * Everything that determines a sector's files, checked by the inspection.
 *
 * @param sector which sector
 * @param proof its seal proof
 * @param ticket the randomness PC1 starts from
 * @param commD commitment to the sealed data, computed from the pieces and equal to the recorded
 *     one
 * @param commR commitment to the sealed replica as recorded: what the rebuild must produce; for a
 *     snapped sector, its key's
 * @param replicaId the id that ties scratch files to exactly this sector
 * @param seed the randomness of the seal proof, or null if it is not known yet
 * @param prove whether a seal proof is due: the pre-commit has landed and the proof has not
 * @param pieces the complete list that was sealed, fillers included; none for an empty sector
 * @param snap what the sector was updated to, or null if it was not snapped
 * @param commDRecorded whether CommD was recorded too, so that the pieces agree with it; otherwise
 *     it is computed from them alone
 * @param commC root of tree C, which the sector and its updates have in common, from the catalog;
 *     null if it is not known
 */
public record SectorFacts(
    @JsonProperty("sector") SectorId sector,
    @JsonProperty("proof") SealProof proof,
    @JsonProperty("ticket") Randomness ticket,
    @JsonProperty("commD") Commitment commD,
    @JsonProperty("commR") Commitment commR,
    @JsonProperty("replicaId") Commitment replicaId,
    @JsonProperty("seed") Randomness seed,
    @JsonProperty("prove") boolean prove,
    @JsonProperty("pieces") List<Piece> pieces,
    @JsonProperty("snap") SnapFacts snap,
    @JsonProperty("commDRecorded") boolean commDRecorded,
    @JsonProperty("commC") Commitment commC) {

  /** Facts of a sector whose tree C is not known. */
  public SectorFacts(
      SectorId sector,
      SealProof proof,
      Randomness ticket,
      Commitment commD,
      Commitment commR,
      Commitment replicaId,
      Randomness seed,
      boolean prove,
      List<Piece> pieces,
      SnapFacts snap,
      boolean commDRecorded) {
    this(
        sector,
        proof,
        ticket,
        commD,
        commR,
        replicaId,
        seed,
        prove,
        pieces,
        snap,
        commDRecorded,
        null);
  }

  /** Whether anything but zeros was sealed. */
  public boolean hasData() {
    return !commD.equals(ZeroPieces.commitment(proof.size().bytes()));
  }

  /** Whether it holds anything but zeros now: for a snapped sector, in its update. */
  public boolean holdsData() {
    Commitment now = snap == null ? commD : snap.commD();
    return !now.equals(ZeroPieces.commitment(proof.size().bytes()));
  }

  /** The same with its seed known. */
  public SectorFacts withSeed(Randomness known) {
    return with(known, snap, commC);
  }

  /** The same with another replica update. */
  public SectorFacts withSnap(SnapFacts update) {
    return with(seed, update, commC);
  }

  /** The same with the root of its tree C, or null. */
  public SectorFacts withCommC(Commitment known) {
    return with(seed, snap, known);
  }

  private SectorFacts with(Randomness newSeed, SnapFacts newSnap, Commitment newCommC) {
    return new SectorFacts(
        sector,
        proof,
        ticket,
        commD,
        commR,
        replicaId,
        newSeed,
        prove,
        pieces,
        newSnap,
        commDRecorded,
        newCommC);
  }
}
