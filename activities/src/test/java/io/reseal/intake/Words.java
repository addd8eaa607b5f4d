package io.reseal.intake;

import io.reseal.record.Findings;
import io.reseal.record.SectorRecord;
import io.reseal.record.Standing;
import io.reseal.sector.Piece;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.util.List;

/** Builds what a source says of a sector, for tests. */
public final class Words {

  private final SectorId id;
  private final String source;
  private SealProof proof;
  private String ticket;
  private Long ticketEpoch;
  private String seed;
  private Long seedEpoch;
  private Boolean proofDue;
  private String commD;
  private String commR;
  private List<Piece> pieces;
  private Boolean snapped;
  private String snapCommD;
  private String snapCommR;
  private List<Piece> snapPieces;
  private Standing standing;
  private String recordJson;

  private Words(SectorId id, String source) {
    this.id = id;
    this.source = source;
  }

  /** A source that says nothing yet. */
  public static Words of(SectorId id, String source) {
    return new Words(id, source);
  }

  /** A source that says all that a record does. */
  public static Words of(SectorRecord record, String source) {
    Findings all = Findings.of(record);
    Words words = new Words(all.id(), source);
    words.proof = all.proof();
    words.ticket = all.ticket();
    words.ticketEpoch = all.ticketEpoch();
    words.seed = all.seed();
    words.seedEpoch = all.seedEpoch();
    words.proofDue = all.proofDue();
    words.commD = all.commD();
    words.commR = all.commR();
    words.pieces = all.pieces();
    words.snapped = all.snapped();
    words.snapCommD = all.snapCommD();
    words.snapCommR = all.snapCommR();
    words.snapPieces = all.snapPieces();
    words.standing = all.standing();
    words.recordJson = all.recordJson();
    return words;
  }

  public Words proof(SealProof value) {
    proof = value;
    return this;
  }

  public Words ticket(String value) {
    ticket = value;
    return this;
  }

  public Words ticketEpoch(Long value) {
    ticketEpoch = value;
    return this;
  }

  public Words seed(String value, Long epoch) {
    seed = value;
    seedEpoch = epoch;
    return this;
  }

  public Words proofDue(Boolean value) {
    proofDue = value;
    return this;
  }

  public Words commD(String value) {
    commD = value;
    return this;
  }

  public Words commR(String value) {
    commR = value;
    return this;
  }

  public Words pieces(List<Piece> value) {
    pieces = value;
    return this;
  }

  public Words snapped(Boolean value) {
    snapped = value;
    return this;
  }

  public Words snap(String newCommD, String newCommR, List<Piece> newPieces) {
    snapCommD = newCommD;
    snapCommR = newCommR;
    snapPieces = newPieces;
    return this;
  }

  public Words standing(Standing value) {
    standing = value;
    return this;
  }

  public Findings say() {
    return new Findings(
        id,
        source,
        proof,
        ticket,
        ticketEpoch,
        seed,
        seedEpoch,
        proofDue,
        commD,
        commR,
        pieces,
        snapped,
        snapCommD,
        snapCommR,
        snapPieces,
        standing,
        List.of(),
        recordJson);
  }
}
