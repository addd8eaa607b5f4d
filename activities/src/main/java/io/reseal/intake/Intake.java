package io.reseal.intake;

import io.reseal.catalog.CatalogException;
import io.reseal.catalog.FindingRepository;
import io.reseal.catalog.FindingRepository.Change;
import io.reseal.catalog.FindingRepository.Question;
import io.reseal.intake.Outcome.Contradiction;
import io.reseal.intake.Outcome.Kind;
import io.reseal.record.Decision;
import io.reseal.record.Fact;
import io.reseal.record.Facts;
import io.reseal.record.Findings;
import io.reseal.record.Known;
import io.reseal.record.SectorRecord;
import io.reseal.record.TicketEpochs;
import io.reseal.sector.SectorId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Adds sources' findings to the catalog and keeps which source reports what. */
public final class Intake {

  /** How many findings {@link #takeAll} writes in one transaction. */
  public static final int AT_A_TIME = 100;

  private final FindingRepository repository;

  public Intake(FindingRepository repository) {
    this.repository = repository;
  }

  /**
   * Adds one source's findings on a sector. They replace the source's earlier findings, except that
   * what an operator enters completes what was entered before.
   *
   * @param dryRun only report what would change
   */
  public Outcome take(Findings found, boolean dryRun) {
    if (dryRun) {
      return judge(found, repository.of(found.id())).answer();
    }
    return repository.change(found.id(), known -> judge(found, known));
  }

  /**
   * Adds several findings in order, each as {@link #take(Findings, boolean)} does. Many are written
   * in one transaction; if it fails, each is added alone, so that those before a bad one are kept.
   *
   * @param taker receives each outcome once it is stored
   */
  public void takeAll(List<Findings> all, boolean dryRun, Consumer<Outcome> taker) {
    for (int from = 0; from < all.size(); from += AT_A_TIME) {
      List<Findings> some = all.subList(from, Math.min(all.size(), from + AT_A_TIME));
      Optional<List<Outcome>> outcomes = dryRun ? Optional.empty() : together(some);
      if (outcomes.isPresent()) {
        outcomes.get().forEach(taker);
      } else {
        some.forEach(found -> taker.accept(take(found, dryRun)));
      }
    }
  }

  private Optional<List<Outcome>> together(List<Findings> all) {
    try {
      return Optional.of(
          repository.change(
              all.stream()
                  .map(found -> new Question<>(found.id(), known -> judge(found, known)))
                  .toList()));
    } catch (CatalogException | IllegalArgumentException e) {
      // We cannot tell which one failed; added one by one, the bad one reports its own failure.
      return Optional.empty();
    }
  }

  /** Adds further findings of a source, which complete its earlier ones. */
  public Outcome add(Findings found) {
    return repository.change(found.id(), known -> merge(over(found, known), known));
  }

  /**
   * Makes one source's value of a fact the one that counts.
   *
   * @param by who decided
   * @throws IllegalArgumentException if that source does not report the fact
   */
  public Outcome decide(SectorId sector, Fact<?> fact, String source, String by) {
    return repository.change(
        sector,
        known -> {
          Findings chosen =
              known.findings().stream()
                  .filter(one -> one.source().equals(source) && one.facts().has(fact))
                  .findFirst()
                  .orElseThrow(() -> unknown(sector, fact, source, known));
          List<Decision> decisions = new ArrayList<>(known.decisions());
          decisions.removeIf(older -> older.fact().equals(fact.name()));
          decisions.add(new Decision(fact.name(), source, by));
          return merge(chosen, new Known(known.record(), known.findings(), decisions));
        });
  }

  /** What is known of a sector, fact by fact. */
  public FactSheet facts(SectorId sector) {
    return FactSheet.of(sector, repository.of(sector));
  }

  /** The epoch of the sector's ticket by sources other than the chain; empty if they differ. */
  public Optional<TicketEpochs.Given> ticketEpoch(SectorId sector) {
    Known known = repository.of(sector);
    List<Findings> others =
        known.findings().stream().filter(one -> !one.source().equals(Findings.CHAIN)).toList();
    return new Merge(sector, new Known(Optional.empty(), others, known.decisions()))
        .counting(Fact.TICKET_EPOCH)
        .map(one -> new TicketEpochs.Given(one.facts().orNull(Fact.TICKET_EPOCH), one.source()));
  }

  /** The CommRs of each of these sectors, as far as they are known. */
  public Map<SectorId, CommRs> commRs(Collection<SectorId> sectors) {
    Map<SectorId, CommRs> commRs = new HashMap<>();
    repository
        .of(sectors)
        .forEach((sector, known) -> commRs.put(sector, new Merge(sector, known).commRs()));
    return commRs;
  }

  /** Why the sector's record must not be rebuilt, as sentences; empty if nothing forbids it. */
  public Optional<String> disproof(SectorId sector) {
    Merge merge = new Merge(sector, repository.of(sector));
    List<String> reasons = new ArrayList<>();
    if (merge.disprovesRecord()) {
      reasons.add("The record of sector %s cannot be right.".formatted(sector));
      reasons.addAll(merge.doubts());
    }
    if (merge.hasEnded()) {
      reasons.add(
          "A source reports that sector %s has ended; if it has not, the chain shows that: reseal import chain %d %d."
              .formatted(sector, sector.miner(), sector.number()));
    }
    if (reasons.isEmpty()) {
      return Optional.empty();
    }
    reasons.add(
        "`reseal sectors facts %d %d` shows what each source reports."
            .formatted(sector.miner(), sector.number()));
    return Optional.of(String.join(" ", reasons));
  }

  /** The facts on which sources differ and no operator has decided. */
  public List<Contradiction> contradictions(SectorId sector) {
    return new Merge(sector, repository.of(sector)).contradictions();
  }

  private static IllegalArgumentException unknown(
      SectorId sector, Fact<?> fact, String source, Known known) {
    String sources =
        known.findings().stream()
            .filter(one -> one.facts().has(fact))
            .map(one -> "'" + one.source() + "'")
            .collect(Collectors.joining(", "));
    return new IllegalArgumentException(
        sources.isEmpty()
            ? "No source reports the %s of sector %s.".formatted(fact, sector)
            : "'%s' does not report the %s of sector %s; these do: %s."
                .formatted(source, fact, sector, sources));
  }

  private static Change<Outcome> judge(Findings found, Known known) {
    boolean byHand = found.source().equals(Findings.BY_HAND);
    return merge(byHand ? over(found, known) : found, known);
  }

  private static Findings over(Findings found, Known known) {
    return known.findings().stream()
        .filter(earlier -> earlier.source().equals(found.source()))
        .findFirst()
        .map(found::over)
        .orElse(found);
  }

  private static Change<Outcome> merge(Findings found, Known known) {
    Known all = with(found, known);
    Merge merge = new Merge(found.id(), all);
    List<String> remarks = new ArrayList<>(found.remarks());
    remarks.addAll(merge.doubts());
    Optional<SectorRecord> record = Optional.empty();
    boolean impossible = false;
    try {
      record = merge.record();
    } catch (IllegalArgumentException e) {
      impossible = true;
      remarks.add(e.getMessage());
    }
    List<Contradiction> contradictions = merge.contradictions();
    List<String> changed = record.map(now -> changed(known.record(), now)).orElse(List.of());
    if (record.isPresent()) {
      merge.dataIsUnknown().ifPresent(remarks::add);
    }
    Kind kind;
    if (impossible || !contradictions.isEmpty()) {
      kind = Kind.CONTRADICTS;
    } else if (record.isEmpty()) {
      kind = Kind.INCOMPLETE;
    } else if (known.record().isEmpty()) {
      kind = Kind.NEW;
    } else {
      kind = changed.isEmpty() ? Kind.SAME : Kind.COMPLETED;
    }
    return new Change<>(
        new Known(record.or(known::record), all.findings(), all.decisions()),
        new Outcome(
            found.id(), found.source(), kind, changed, merge.missing(), contradictions, remarks));
  }

  private static Known with(Findings found, Known known) {
    List<Findings> all =
        Stream.concat(
                known.findings().stream().filter(one -> !one.source().equals(found.source())),
                Stream.of(found))
            .sorted(Comparator.comparing(Findings::source))
            .toList();
    return new Known(known.record(), all, known.decisions());
  }

  private static List<String> changed(Optional<SectorRecord> before, SectorRecord now) {
    Facts earlier = before.map(SectorRecord::facts).orElse(Facts.NONE);
    Facts after = now.facts();
    return Fact.DECIDABLE.stream()
        .filter(fact -> after.has(fact) && !after.text(fact).equals(earlier.text(fact)))
        .map(Fact::name)
        .toList();
  }
}
