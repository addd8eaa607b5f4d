package io.reseal.inspection;

import io.reseal.contract.Candidate;
import io.reseal.contract.SectorFacts;
import io.reseal.record.Arithmetic;
import io.reseal.record.Fact;
import io.reseal.record.Facts;
import io.reseal.record.Findings;
import io.reseal.record.Known;
import io.reseal.record.SectorRecord;
import io.reseal.record.Tickets;
import io.reseal.sector.Commitment;
import io.reseal.sector.Piece;
import io.reseal.sector.PieceLayout;
import io.reseal.sector.SealProof;
import io.reseal.sector.SealProof.Version;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What a sector may have been sealed with if its record gives another CommR: what records most
 * often get wrong, the best supported first. What the chain itself has confirmed is not doubted.
 *
 * @param <E> thrown if a commitment cannot be computed
 */
public final class CandidateRanking<E extends Exception> {

  /** How far epochs are tried around the recorded one, the nearest first. */
  private static final List<Integer> NEIGHBORS = List.of(-1, 1, -2, 2);

  /** Facts that decide the replica, each with those that describe it more closely. */
  private static final Map<Fact<?>, List<Fact<?>>> DECIDING =
      Map.of(
          Fact.TICKET, List.of(Fact.TICKET_EPOCH),
          Fact.PROOF_TYPE, List.of(),
          Fact.PIECES, List.of(Fact.COMM_D),
          Fact.SNAP_PIECES, List.of(Fact.SNAP_COMM_D));

  private static final String UNCONFIRMED_ORDER =
      "no source has CommD, so nothing confirms their order";

  private final SectorRecord record;
  private final Arithmetic arithmetic;
  private final List<Findings> findings;
  private final Tickets tickets;
  private final CommitmentCalculator<E> core;

  /** Alternatives to what was sealed, by the facts that they give, the likeliest first. */
  private final Map<Facts, Alternative> sealed = new LinkedHashMap<>();

  /** The same of what the sector was updated with. */
  private final Map<Facts, Alternative> updated = new LinkedHashMap<>();

  private record Alternative(String what, String evidence) {}

  /**
   * @param record the record whose inputs gave another CommR
   */
  public CandidateRanking(
      SectorRecord record, Known known, Tickets tickets, CommitmentCalculator<E> core) {
    this.record = record;
    this.arithmetic = new Arithmetic(known);
    this.findings =
        arithmetic.sound().stream()
            .sorted(Comparator.comparing(one -> !one.source().equals(Findings.CHAIN)))
            .toList();
    this.tickets = tickets;
    this.core = core;
    likely();
    possible();
    if (record.snap() != null) {
      ofUpdate();
    }
  }

  /** The data of an earlier update, or in another order. */
  private void ofUpdate() {
    for (Findings source : findings) {
      if (differs(source, Fact.SNAP_PIECES)) {
        Facts.Builder changed = recorded();
        replace(changed, source, Fact.SNAP_PIECES);
        updated.putIfAbsent(
            changed.build(),
            new Alternative(
                "the update's pieces of '%s'".formatted(source.source()),
                "that source differs from the record, perhaps it knows another update"));
      }
    }
    if (record.snap().commD() == null) {
      orders(record.snap().pieces())
          .forEach(
              (what, order) ->
                  updated.putIfAbsent(
                      recorded().put(Fact.SNAP_PIECES, order).build(),
                      new Alternative("in the update, " + what, UNCONFIRMED_ORDER)));
    }
  }

  /** What something speaks for. */
  private void likely() {
    findings.forEach(this::addAllOf);
    findings.forEach(this::addEachOf);
    addTicketOfRecordedEpoch();
    if (record.snap() != null) {
      addZeros("the sector was snapped, and most sectors are sealed empty before that");
    } else if (findings.stream().anyMatch(one -> holdsNoData(one.facts()))) {
      addZeros("the chain counts no deals for it");
    }
    addOrders();
  }

  /** What nothing speaks against. */
  private void possible() {
    addProofTypes();
    addNeighboringTickets();
    addZeros("nothing shows that the sector was sealed with data");
    addPairs();
  }

  /** Two inputs that are wrong, after each alone. */
  private void addPairs() {
    List<Map.Entry<Facts, Alternative>> single = new ArrayList<>(sealed.entrySet());
    for (int last = 1; last < single.size(); last++) {
      for (int first = 0; first < last; first++) {
        addPair(single.get(first), single.get(last));
      }
    }
  }

  private void addPair(Map.Entry<Facts, Alternative> one, Map.Entry<Facts, Alternative> other) {
    List<Fact<?>> changes = changes(other.getKey());
    if (Collections.disjoint(changes(one.getKey()), changes)) {
      Facts.Builder both = one.getKey().toBuilder();
      changes.forEach(both::remove);
      other
          .getKey()
          .each(
              (fact, value) -> {
                if (changes.contains(fact)) {
                  both.putStored(fact, value);
                }
              });
      add(
          both,
          "%s, and %s".formatted(one.getValue().what(), other.getValue().what()),
          "%s; %s".formatted(one.getValue().evidence(), other.getValue().evidence()));
    }
  }

  /** The facts in which an alternative differs from the record. */
  private List<Fact<?>> changes(Facts alternative) {
    return Fact.DECIDABLE.stream()
        .filter(fact -> !alternative.text(fact).equals(record.facts().text(fact)))
        .toList();
  }

  /**
   * The candidates, none of which has the record's own inputs.
   *
   * @param most how many
   */
  public List<Candidate> rank(int most) throws E {
    return rank(sealed, SectorFacts::replicaId, most);
  }

  /**
   * Other data that the sector may have been updated with, likewise.
   *
   * @param most how many
   */
  public List<Candidate> rankUpdates(int most) throws E {
    return rank(updated, facts -> facts.snap().commD(), most);
  }

  /**
   * @param identity what no two candidates have in common
   */
  private List<Candidate> rank(
      Map<Facts, Alternative> alternatives, Function<SectorFacts, Commitment> identity, int most)
      throws E {
    if (alternatives.isEmpty()) {
      return List.of();
    }
    Map<Commitment, Candidate> ranked = new LinkedHashMap<>();
    Commitment recorded = identity.apply(Inspection.facts(record, core));
    for (Map.Entry<Facts, Alternative> one : alternatives.entrySet()) {
      if (ranked.size() == most) {
        break;
      }
      Optional<SectorFacts> facts = complete(one.getKey());
      if (facts.isPresent() && !identity.apply(facts.get()).equals(recorded)) {
        ranked.putIfAbsent(
            identity.apply(facts.get()),
            new Candidate(facts.get(), one.getValue().what(), one.getValue().evidence()));
      }
    }
    return List.copyOf(ranked.values());
  }

  /** Whether tickets that only nodes know would be among them if a node could be asked. */
  public boolean lacksTickets() {
    return !isConfirmed(Fact.TICKET) && record.ticket().epoch() != null && !tickets.canBeAsked();
  }

  /** Whether the chain itself has confirmed everything that decides the replica. */
  public boolean isConfirmedByChain() {
    return isConfirmed(Fact.TICKET) && isConfirmed(Fact.PROOF_TYPE) && isDataConfirmed();
  }

  private Optional<SectorFacts> complete(Facts facts) throws E {
    try {
      return Optional.of(
          Inspection.facts(SectorRecord.of(record.id(), facts, record.source()), core));
    } catch (IllegalArgumentException e) {
      // These do not fit together, so nothing was sealed with them.
      return Optional.empty();
    }
  }

  private void add(Facts.Builder changed, String what, String evidence) {
    sealed.putIfAbsent(changed.build(), new Alternative(what, evidence));
  }

  private Facts.Builder recorded() {
    return record.facts().toBuilder();
  }

  /**
   * Everything that a source says otherwise, taken together: a record is often wrong as a whole.
   */
  private void addAllOf(Findings source) {
    Facts.Builder changed = recorded();
    List<String> what = new ArrayList<>();
    Stream.of(Fact.TICKET, Fact.PROOF_TYPE, Fact.PIECES)
        .filter(fact -> differs(source, fact))
        .forEach(
            fact -> {
              replace(changed, source, fact);
              what.add(fact.name());
            });
    if (!what.isEmpty()) {
      addOf(source, changed, String.join(" and ", what));
    }
  }

  private void addEachOf(Findings source) {
    Stream.of(Fact.PIECES, Fact.PROOF_TYPE, Fact.TICKET)
        .filter(fact -> differs(source, fact))
        .forEach(
            fact -> {
              Facts.Builder changed = recorded();
              replace(changed, source, fact);
              addOf(source, changed, fact.name());
            });
  }

  private void addOf(Findings source, Facts.Builder changed, String what) {
    add(
        changed,
        "the %s of '%s'".formatted(what, source.source()),
        "that source differs from the record");
  }

  private boolean differs(Findings source, Fact<?> fact) {
    boolean confirmed =
        Stream.concat(Stream.of(fact), DECIDING.get(fact).stream())
            .filter(one -> one != Fact.TICKET_EPOCH)
            .anyMatch(this::isConfirmed);
    return !confirmed
        && source.facts().has(fact)
        && !source.facts().text(fact).equals(record.facts().text(fact));
  }

  private static void replace(Facts.Builder changed, Findings source, Fact<?> fact) {
    DECIDING.get(fact).forEach(changed::remove);
    Facts of = source.facts();
    of.each(
        (one, value) -> {
          if (one == fact || DECIDING.get(fact).contains(one)) {
            changed.putStored(one, value);
          }
        });
  }

  /** Whether the chain gave the recorded value. */
  private boolean isConfirmed(Fact<?> fact) {
    return findings.stream()
        .filter(one -> one.source().equals(Findings.CHAIN) && one.facts().has(fact))
        .anyMatch(chain -> chain.facts().text(fact).equals(record.facts().text(fact)));
  }

  /** CommD determines the pieces and their order. */
  private boolean isDataConfirmed() {
    return isConfirmed(Fact.COMM_D);
  }

  private static boolean holdsNoData(Facts facts) {
    return !facts.get(Fact.HOLDS_DATA).orElse(true);
  }

  private void addTicketOfRecordedEpoch() {
    Long epoch = record.ticket().epoch();
    if (epoch != null && !isConfirmed(Fact.TICKET)) {
      addTicket(
          epoch,
          epoch,
          "the ticket that nodes draw for the recorded epoch %d".formatted(epoch),
          "the recorded ticket is another one, perhaps of another fork");
    }
  }

  private void addNeighboringTickets() {
    Long epoch = record.ticket().epoch();
    if (epoch == null || isConfirmed(Fact.TICKET)) {
      return;
    }
    for (int distance : NEIGHBORS) {
      long other = epoch + distance;
      addTicket(
          other,
          other,
          "the ticket of epoch %d".formatted(other),
          "the recorded epoch %d may be off".formatted(epoch));
      addTicket(
          other,
          epoch,
          "the ticket of epoch %d drawn from the tipset at %d".formatted(epoch, other),
          "there may have been no block at the recorded epoch");
    }
  }

  private void addTicket(long tipset, long epoch, String what, String evidence) {
    tickets
        .drawn(tipset, epoch)
        .filter(drawn -> !drawn.equals(record.ticket().value()))
        .ifPresent(
            drawn ->
                add(
                    recorded().put(Fact.TICKET, drawn).put(Fact.TICKET_EPOCH, epoch),
                    what,
                    evidence));
  }

  private void addZeros(String evidence) {
    if (!record.pieces().isEmpty() && !isDataConfirmed() && !arithmetic.showsData(false)) {
      add(
          recorded().remove(Fact.COMM_D).put(Fact.PIECES, List.of()),
          "zeros instead of the pieces",
          evidence);
    }
  }

  /** Without a recorded CommD nothing confirms the order of the pieces. */
  private void addOrders() {
    if (record.commD() == null) {
      orders(record.pieces())
          .forEach(
              (what, order) -> add(recorded().put(Fact.PIECES, order), what, UNCONFIRMED_ORDER));
    }
  }

  /** The orders that pieces may have, by name, each piece as early as its size allows. */
  private Map<String, List<Piece>> orders(List<Piece> recorded) {
    List<Piece> pieces = recorded.stream().filter(piece -> !piece.isZero()).toList();
    Map<String, List<Piece>> orders = new LinkedHashMap<>();
    Comparator<Piece> smallest = Comparator.comparingLong(Piece::size);
    orders.put("the pieces without gaps between them", pieces);
    orders.put("the pieces with the largest first", sorted(pieces, smallest.reversed()));
    orders.put("the pieces with the smallest first", sorted(pieces, smallest));
    List<Piece> reversed = new ArrayList<>(pieces);
    Collections.reverse(reversed);
    orders.put("the pieces in reverse order", reversed);
    for (int at = 0; at + 1 < pieces.size(); at++) {
      List<Piece> swapped = new ArrayList<>(pieces);
      Collections.swap(swapped, at, at + 1);
      orders.put("the pieces %d and %d exchanged".formatted(at + 1, at + 2), swapped);
    }
    orders.replaceAll((what, order) -> laid(order));
    orders.values().removeIf(order -> order.isEmpty() || !fits(order));
    return orders;
  }

  private static List<Piece> sorted(List<Piece> pieces, Comparator<Piece> order) {
    return pieces.stream().sorted(order).toList();
  }

  private static List<Piece> laid(List<Piece> order) {
    List<Piece> laid = new ArrayList<>();
    long end = 0;
    for (Piece piece : order) {
      long offset = PieceLayout.nextOffset(end, piece.size());
      laid.add(new Piece(piece.cid(), piece.size(), offset));
      end = offset + piece.size();
    }
    return laid;
  }

  private boolean fits(List<Piece> laid) {
    Piece last = laid.get(laid.size() - 1);
    return last.offset() + last.size() <= record.proof().size().bytes();
  }

  private void addProofTypes() {
    if (isConfirmed(Fact.PROOF_TYPE)) {
      return;
    }
    Stream.of(Version.V1_1, Version.V1, Version.SYNTHETIC, Version.NON_INTERACTIVE)
        .filter(version -> version != record.proof().version())
        .map(this::ofThisSize)
        .forEach(
            proof ->
                add(
                    recorded().put(Fact.PROOF_TYPE, proof),
                    "the proof type %s".formatted(proof),
                    "no node has confirmed %s".formatted(record.proof())));
  }

  private SealProof ofThisSize(Version version) {
    return Stream.of(SealProof.values())
        .filter(proof -> proof.size() == record.proof().size() && proof.version() == version)
        .findFirst()
        .orElseThrow();
  }
}
