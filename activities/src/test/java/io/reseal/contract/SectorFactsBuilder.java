package io.reseal.contract;

import io.reseal.sector.Commitment;
import io.reseal.sector.Piece;
import io.reseal.sector.Randomness;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.util.List;

/**
 * Builds facts of sectors for tests: without pieces, a seed, an update or a recorded CommD, and no
 * seal proof is due.
 */
public final class SectorFactsBuilder {

  private final SectorId sector;
  private final Commitment commD;
  private SealProof proof = SealProof.KIB_2_V1_1;
  private Randomness ticket;
  private Commitment commR;
  private Commitment replicaId;
  private List<Piece> pieces = List.of();
  private SnapFacts snap;

  private SectorFactsBuilder(SectorId sector, Commitment commD) {
    this.sector = sector;
    this.commD = commD;
    this.ticket = new Randomness(commD.hex(), 1);
    this.commR = commD;
    this.replicaId = commD;
  }

  /** A sector of 2 KiB with one commitment for all, and its bytes for the ticket. */
  public static SectorFactsBuilder of(SectorId sector, Commitment any) {
    return new SectorFactsBuilder(sector, any);
  }

  /** A sector that was sealed like this one. */
  public static SectorFactsBuilder like(SectorFacts facts) {
    SectorFactsBuilder like = new SectorFactsBuilder(facts.sector(), facts.commD());
    like.ticket = facts.ticket();
    like.commR = facts.commR();
    return like.proof(facts.proof()).replicaId(facts.replicaId());
  }

  public SectorFactsBuilder proof(SealProof value) {
    proof = value;
    return this;
  }

  public SectorFactsBuilder commR(Commitment value) {
    commR = value;
    return this;
  }

  public SectorFactsBuilder replicaId(Commitment value) {
    replicaId = value;
    return this;
  }

  public SectorFactsBuilder pieces(List<Piece> value) {
    pieces = value;
    return this;
  }

  public SectorFactsBuilder snap(SnapFacts value) {
    snap = value;
    return this;
  }

  public SectorFacts build() {
    return new SectorFacts(
        sector, proof, ticket, commD, commR, replicaId, null, false, pieces, snap, false);
  }
}
