package io.reseal.intake;

import io.reseal.intake.Outcome.Contradiction;
import io.reseal.intake.Outcome.Reported;
import io.reseal.record.Arithmetic;
import io.reseal.record.Decision;
import io.reseal.record.Fact;
import io.reseal.record.Facts;
import io.reseal.record.Findings;
import io.reseal.record.Known;
import io.reseal.record.RuledOut;
import io.reseal.record.SectorRecord;
import io.reseal.sector.Cid;
import io.reseal.sector.SectorId;
import io.reseal.sector.ZeroPieces;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;

/**
 * Merges all findings on one sector into one set of facts. Values that cannot be right are left out
 * first. A value that one source reports, or that all agree on, counts. If sources differ, the one
 * that an operator decided for counts; without a decision the record keeps the value it has.
 */
final class Merge {

  private final SectorId sector;
  private final Arithmetic arithmetic;
  private final Known known;
  private final Facts facts;

  Merge(SectorId sector, Known reported) {
    this.sector = sector;
    this.arithmetic = new Arithmetic(reported);
    this.known =
        new Known(
            reported.record().filter(record -> !arithmetic.disprovesRecord()),
            arithmetic.sound(),
            reported.decisions());
    Facts.Builder merged = Facts.builder();
    Fact.ALL.forEach(fact -> put(merged, fact));
    this.facts = withMatchingSeed(merged.build());
  }

  private <T> void put(Facts.Builder merged, Fact<T> fact) {
    merged.put(fact, value(fact));
  }

  private <T> Optional<T> value(Fact<T> fact) {
    Optional<BinaryOperator<T>> combine = fact.combine();
    if (combine.isPresent()) {
      return known.findings().stream()
          .flatMap(finding -> finding.facts().get(fact).stream())
          .reduce(combine.get());
    }
    if (isContradicted(fact)) {
      return known.record().map(SectorRecord::facts).flatMap(record -> record.get(fact));
    }
    return counting(fact).flatMap(finding -> finding.facts().get(fact));
  }

  /** The findings whose value of a fact counts; empty if sources differ and nobody has decided. */
  Optional<Findings> counting(Fact<?> fact) {
    return isContradicted(fact)
        ? Optional.empty()
        : decided(fact)
            .or(() -> known.findings().stream().filter(one -> one.facts().has(fact)).findFirst());
  }

  /** A seed counts only with its own epoch: one reported for another epoch is left out. */
  private Facts withMatchingSeed(Facts merged) {
    Optional<Long> epoch = merged.get(Fact.SEED_EPOCH);
    boolean matches =
        known.findings().stream()
            .map(Findings::facts)
            .filter(one -> one.get(Fact.SEED).equals(merged.get(Fact.SEED)))
            .anyMatch(one -> !one.has(Fact.SEED_EPOCH) || one.get(Fact.SEED_EPOCH).equals(epoch));
    return matches ? merged : merged.toBuilder().remove(Fact.SEED).build();
  }

  /** The facts on which sources differ and no operator has decided. */
  List<Contradiction> contradictions() {
    return Fact.DECIDABLE.stream()
        .filter(this::isContradicted)
        .map(fact -> new Contradiction(fact.name(), values(fact)))
        .toList();
  }

  private boolean isContradicted(Fact<?> fact) {
    return decided(fact).isEmpty()
        && values(fact).stream().map(Reported::value).distinct().limit(2).count() == 2;
  }

  private List<Reported> values(Fact<?> fact) {
    return values(fact, known.findings());
  }

  /** What each source that knows the fact reports. */
  static List<Reported> values(Fact<?> fact, List<Findings> findings) {
    return findings.stream()
        .flatMap(
            finding ->
                finding.facts().text(fact).stream()
                    .map(text -> new Reported(finding.source(), text)))
        .toList();
  }

  /** The findings that an operator decided for, if they still have the fact. */
  Optional<Findings> decided(Fact<?> fact) {
    return known.decisions().stream()
        .filter(decision -> decision.fact().equals(fact.name()))
        .map(Decision::source)
        .flatMap(source -> known.findings().stream().filter(one -> one.source().equals(source)))
        .filter(finding -> finding.facts().has(fact))
        .findFirst();
  }

  /** The CommRs that count. */
  CommRs commRs() {
    return new CommRs(
        facts.get(Fact.COMM_R), facts.isSnapped() ? facts.get(Fact.SNAP_COMM_R) : Optional.empty());
  }

  /** What was ruled out of the sources' values, and why. */
  List<RuledOut> ruledOut() {
    return arithmetic.ruledOut();
  }

  /** Whether the record that the catalog has cannot be right. */
  boolean disprovesRecord() {
    return arithmetic.disprovesRecord();
  }

  /** Whether a source counts the sector as ended and the chain has not shown otherwise. */
  boolean hasEnded() {
    return facts.get(Fact.ENDED).orElse(false) && !facts.has(Fact.STANDING);
  }

  /** What cannot be right, and how to get what is missing therefore, a sentence each. */
  List<String> doubts() {
    List<String> doubts = new ArrayList<>(RuledOut.sentences(arithmetic.ruledOut()));
    List<String> missing = missing();
    if (arithmetic.showsData(false) && missing.contains(Fact.PIECES.name())) {
      doubts.add(
          "The chain says that it holds data (its deal weight is above 0), but no source has its"
              + " pieces: import the miner's own records, or give them by `reseal sectors add %d %d"
                  .formatted(sector.miner(), sector.number())
              + " --piece CID:SIZE`.");
    }
    if (!doubts.isEmpty()
        && !missing.isEmpty()
        && known.findings().stream().noneMatch(one -> one.source().equals(Findings.CHAIN))) {
      doubts.add(
          "The chain may have what is missing: reseal import chain f0%d %d."
              .formatted(sector.miner(), sector.number()));
    }
    return doubts;
  }

  /**
   * The facts without which the sector cannot be rebuilt. A source that could only be read in part
   * leaves open whether the sector was snapped and holds data. If a source counts the sector as
   * ended, only the chain can show that it has not.
   */
  List<String> missing() {
    List<Fact<?>> needed = new ArrayList<>(List.of(Fact.PROOF_TYPE, Fact.TICKET, Fact.COMM_R));
    boolean partlyRead = facts.get(Fact.PARTLY_READ).orElse(false);
    if (partlyRead && !facts.isSnapped()) {
      needed.add(Fact.SNAPPED);
    }
    if (hasEnded()) {
      needed.add(Fact.STANDING);
    }
    if (facts.isSnapped()) {
      needed.add(Fact.SNAP_COMM_R);
      if (!facts.has(Fact.SNAP_COMM_D)
          || holdsData(Fact.SNAP_COMM_D)
          || arithmetic.hasRuledOut(Fact.SNAP_PIECES)) {
        needed.add(Fact.SNAP_PIECES);
      }
    }
    if ((!facts.isSnapped() && holdsData(Fact.COMM_D))
        || (partlyRead && dataIsUnknown().isPresent())
        || arithmetic.showsData(false)
        || arithmetic.hasRuledOut(Fact.PIECES)) {
      needed.add(Fact.PIECES);
    }
    return needed.stream().filter(fact -> !facts.has(fact)).map(Fact::name).toList();
  }

  private boolean holdsData(Fact<String> commD) {
    return facts.has(commD)
        && facts
            .get(Fact.PROOF_TYPE)
            .map(proof -> ZeroPieces.commitment(proof.size().bytes()))
            .filter(zeros -> !zeros.equals(Cid.ofUnsealed(facts.orNull(commD))))
            .isPresent();
  }

  /** The remark that no source reports whether the sector holds data; empty if one does. */
  Optional<String> dataIsUnknown() {
    if (facts.has(Fact.PIECES) || facts.has(Fact.COMM_D) || facts.isSnapped()) {
      return Optional.empty();
    }
    return Optional.of(
        "No source reports whether it holds data: it would be rebuilt as an empty sector, and its"
            + " CommR will show whether that is right."
            + (facts.has(Fact.HOLDS_DATA)
                ? " The chain counts no deals for it (its deal weight is 0), which is usual for an"
                    + " empty sector but does not prove that it is one."
                : ""));
  }

  /**
   * The record that the findings give; empty if something is missing, or if there is no record yet
   * and sources contradict each other in a fact that determines the sector.
   *
   * @throws IllegalArgumentException stating what does not fit together
   */
  Optional<SectorRecord> record() {
    boolean undecided =
        known.record().isEmpty()
            && Fact.DECIDABLE.stream()
                .anyMatch(fact -> fact.isDetermining() && isContradicted(fact));
    return undecided || !missing().isEmpty()
        ? Optional.empty()
        : Optional.of(SectorRecord.of(sector, facts, sources()));
  }

  private String sources() {
    return known.findings().stream().map(Findings::source).collect(Collectors.joining(", "));
  }
}
