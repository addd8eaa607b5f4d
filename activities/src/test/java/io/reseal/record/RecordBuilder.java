package io.reseal.record;

import io.reseal.sector.Randomness;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;

/** Builds records for tests. */
public final class RecordBuilder {

  private final Facts.Builder facts;
  private SectorId id;
  private String source;

  private RecordBuilder(SectorId id, String source, Facts.Builder facts) {
    this.id = id;
    this.source = source;
    this.facts = facts;
  }

  /** A record of which nothing is known yet but the source, {@code test}. */
  public static RecordBuilder of(SectorId id) {
    return new RecordBuilder(id, "test", Facts.builder());
  }

  /** A sealed sector. */
  public static RecordBuilder of(SectorId id, SealProof proof, Randomness ticket, String commR) {
    return of(id).with(Fact.PROOF_TYPE, proof).ticket(ticket).with(Fact.COMM_R, commR);
  }

  /** A record like this one. */
  public static RecordBuilder of(SectorRecord record) {
    return new RecordBuilder(record.id(), record.source(), record.facts().toBuilder());
  }

  public RecordBuilder id(SectorId value) {
    id = value;
    return this;
  }

  public RecordBuilder source(String value) {
    source = value;
    return this;
  }

  public RecordBuilder ticket(Randomness ticket) {
    without(Fact.TICKET_EPOCH);
    return ticket.epoch() == null
        ? with(Fact.TICKET, ticket.value())
        : with(Fact.TICKET, ticket.value()).with(Fact.TICKET_EPOCH, ticket.epoch());
  }

  public RecordBuilder seed(Randomness seed) {
    return with(Fact.SEED, seed.value()).with(Fact.SEED_EPOCH, seed.epoch());
  }

  public RecordBuilder withoutSeed() {
    return without(Fact.SEED).without(Fact.SEED_EPOCH);
  }

  public RecordBuilder snap(Snap snap) {
    without(Fact.SNAP_COMM_D);
    if (snap.commD() != null) {
      with(Fact.SNAP_COMM_D, snap.commD());
    }
    return with(Fact.SNAPPED, true)
        .with(Fact.SNAP_COMM_R, snap.commR())
        .with(Fact.SNAP_PIECES, snap.pieces());
  }

  public <T> RecordBuilder with(Fact<T> fact, T value) {
    facts.put(fact, value);
    return this;
  }

  public RecordBuilder without(Fact<?> fact) {
    facts.remove(fact);
    return this;
  }

  public SectorRecord build() {
    return SectorRecord.of(id, facts.build(), source);
  }
}
