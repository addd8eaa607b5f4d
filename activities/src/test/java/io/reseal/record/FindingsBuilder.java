package io.reseal.record;

import io.reseal.sector.Piece;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.util.List;

/** Builds findings for tests; a null value removes the fact. */
public final class FindingsBuilder {

  private final SectorId id;
  private final String source;
  private final Facts.Builder facts;

  private FindingsBuilder(SectorId id, String source, Facts.Builder facts) {
    this.id = id;
    this.source = source;
    this.facts = facts;
  }

  /** A source that knows nothing yet. */
  public static FindingsBuilder of(SectorId id, String source) {
    return new FindingsBuilder(id, source, Facts.builder());
  }

  /** A source that knows everything that a record states. */
  public static FindingsBuilder of(SectorRecord record, String source) {
    return new FindingsBuilder(record.id(), source, record.facts().toBuilder());
  }

  public FindingsBuilder proof(SealProof value) {
    return with(Fact.PROOF_TYPE, value);
  }

  public FindingsBuilder ticket(String value) {
    return with(Fact.TICKET, value);
  }

  public FindingsBuilder ticketEpoch(Long value) {
    return with(Fact.TICKET_EPOCH, value);
  }

  public FindingsBuilder seed(String value, Long epoch) {
    return with(Fact.SEED, value).with(Fact.SEED_EPOCH, epoch);
  }

  public FindingsBuilder proofDue(Boolean value) {
    return with(Fact.PROOF_DUE, value);
  }

  public FindingsBuilder commD(String value) {
    return with(Fact.COMM_D, value);
  }

  public FindingsBuilder commR(String value) {
    return with(Fact.COMM_R, value);
  }

  public FindingsBuilder pieces(List<Piece> value) {
    return with(Fact.PIECES, value);
  }

  public FindingsBuilder snapped(Boolean value) {
    return with(Fact.SNAPPED, value);
  }

  public FindingsBuilder snap(String commD, String commR, List<Piece> pieces) {
    return with(Fact.SNAP_COMM_D, commD)
        .with(Fact.SNAP_COMM_R, commR)
        .with(Fact.SNAP_PIECES, pieces);
  }

  public FindingsBuilder holdsData(Boolean value) {
    return with(Fact.HOLDS_DATA, value);
  }

  public FindingsBuilder ended(Boolean value) {
    return with(Fact.ENDED, value);
  }

  public FindingsBuilder standing(Standing value) {
    return with(Fact.STANDING, value);
  }

  private <T> FindingsBuilder with(Fact<T> fact, T value) {
    if (value == null) {
      facts.remove(fact);
    } else {
      facts.put(fact, value);
    }
    return this;
  }

  public Findings build() {
    return new Findings(id, source, facts.build());
  }
}
