package io.reseal.intake;

import io.reseal.catalog.CatalogException;
import io.reseal.catalog.FindingRepository;
import io.reseal.catalog.FindingRepository.Change;
import io.reseal.catalog.FindingRepository.Question;
import io.reseal.intake.Outcome.Contradiction;
import io.reseal.intake.Outcome.Kind;
import io.reseal.record.Decision;
import io.reseal.record.Findings;
import io.reseal.record.Known;
import io.reseal.record.SectorRecord;
import io.reseal.sector.SectorId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Takes what sources say of sectors into the catalog, and keeps who said what. */
public final class Intake {

  /** How many words {@link #takeAll} writes as one. */
  public static final int AT_A_TIME = 100;

  private final FindingRepository findings;

  public Intake(FindingRepository findings) {
    this.findings = findings;
  }

  /**
   * Takes one source's word on a sector. What a person says by hand goes over what was said so
   * before; the new word of another source takes the place of its earlier one as a whole.
   *
   * @param dryRun tells what would become of it and changes nothing
   */
  public Outcome take(Findings word, boolean dryRun) {
    if (dryRun) {
      Known known = findings.of(word.id());
      return judge(whole(word, known), known).answer();
    }
    return findings.change(word.id(), known -> judge(whole(word, known), known));
  }

  /**
   * Takes several words in, in order, each as {@link #take(Findings, boolean)} does. Many are
   * written as one; where that fails, each by itself, so that those before a bad one come in.
   *
   * @param taker is given what became of each, once it is in
   */
  public void takeAll(List<Findings> words, boolean dryRun, Consumer<Outcome> taker) {
    for (int from = 0; from < words.size(); from += AT_A_TIME) {
      List<Findings> some = words.subList(from, Math.min(words.size(), from + AT_A_TIME));
      Optional<List<Outcome>> outcomes = dryRun ? Optional.empty() : together(some);
      if (outcomes.isPresent()) {
        outcomes.get().forEach(taker);
      } else {
        some.forEach(word -> taker.accept(take(word, dryRun)));
      }
    }
  }

  private Optional<List<Outcome>> together(List<Findings> words) {
    try {
      return Optional.of(
          findings.change(
              words.stream()
                  .map(word -> new Question<>(word.id(), known -> judge(whole(word, known), known)))
                  .toList()));
    } catch (CatalogException | IllegalArgumentException e) {
      // Whichever it was of: taken by itself it says so again.
      return Optional.empty();
    }
  }

  /** Takes a source's further word in: it goes over what that source said before. */
  public Outcome add(Findings word) {
    return findings.change(word.id(), known -> judge(over(word, known), known));
  }

  private static Findings whole(Findings word, Known known) {
    return word.source().equals(Findings.BY_HAND) ? over(word, known) : word;
  }

  private static Findings over(Findings word, Known known) {
    return known.findings().stream()
        .filter(earlier -> earlier.source().equals(word.source()))
        .findFirst()
        .map(word::over)
        .orElse(word);
  }

  /**
   * Makes one source's word on a fact count from now on.
   *
   * @param by who decided
   * @throws IllegalArgumentException if that source says nothing of the fact
   */
  public Outcome decide(SectorId sector, Fact<?> fact, String source, String by) {
    return findings.change(
        sector,
        known -> {
          Findings word =
              known.findings().stream()
                  .filter(one -> one.source().equals(source) && fact.of(one) != null)
                  .findFirst()
                  .orElseThrow(() -> noWord(sector, fact, source, known));
          List<Decision> decisions = new ArrayList<>(known.decisions());
          decisions.removeIf(older -> older.fact().equals(fact.name()));
          decisions.add(new Decision(fact.name(), source, by));
          return judge(word, new Known(known.record(), known.findings(), decisions));
        });
  }

  /** What is known of a sector, fact by fact. */
  public FactSheet facts(SectorId sector) {
    return FactSheet.of(sector, findings.of(sector));
  }

  /** The facts on which sources differ and nobody has decided. */
  public List<Contradiction> contradictions(SectorId sector) {
    return new Merge(sector, findings.of(sector)).contradictions();
  }

  private static IllegalArgumentException noWord(
      SectorId sector, Fact<?> fact, String source, Known known) {
    String sources =
        known.findings().stream()
            .filter(one -> fact.of(one) != null)
            .map(one -> "'" + one.source() + "'")
            .collect(Collectors.joining(", "));
    return new IllegalArgumentException(
        sources.isEmpty()
            ? "No source says anything of the %s of sector %s.".formatted(fact, sector)
            : "'%s' says nothing of the %s of sector %s; those that do: %s."
                .formatted(source, fact, sector, sources));
  }

  private static Change<Outcome> judge(Findings word, Known known) {
    Known all = with(word, known);
    Merge merge = new Merge(word.id(), all);
    List<String> remarks = new ArrayList<>(word.remarks());
    List<Contradiction> contradictions = merge.contradictions();
    List<String> missing = merge.missing();
    Optional<SectorRecord> record = Optional.empty();
    boolean impossible = false;
    try {
      record = merge.record();
    } catch (IllegalArgumentException e) {
      impossible = true;
      remarks.add(e.getMessage());
    }
    List<String> cameIn = record.map(now -> changed(known.record(), now)).orElse(List.of());
    if (record.isPresent() && merge.dataIsUnknown()) {
      remarks.add(
          "Nobody says whether it holds data: it would be rebuilt as an empty sector, and its CommR"
              + " tells.");
    }
    Kind kind;
    if (impossible || !contradictions.isEmpty()) {
      kind = Kind.CONTRADICTS;
    } else if (record.isEmpty()) {
      kind = Kind.INCOMPLETE;
    } else if (known.record().isEmpty()) {
      kind = Kind.NEW;
    } else {
      kind = cameIn.isEmpty() ? Kind.SAME : Kind.COMPLETED;
    }
    return new Change<>(
        new Known(record.or(known::record), all.findings(), all.decisions()),
        new Outcome(word.id(), word.source(), kind, cameIn, missing, contradictions, remarks));
  }

  private static Known with(Findings word, Known known) {
    List<Findings> all =
        Stream.concat(
                known.findings().stream().filter(one -> !one.source().equals(word.source())),
                Stream.of(word))
            .sorted(Comparator.comparing(Findings::source))
            .toList();
    return new Known(known.record(), all, known.decisions());
  }

  private static List<String> changed(Optional<SectorRecord> before, SectorRecord now) {
    Findings after = Findings.of(now);
    Optional<Findings> then = before.map(Findings::of);
    return Fact.ALL.stream()
        .filter(
            fact ->
                !Objects.equals(then.map(fact::text).orElse(null), fact.text(after))
                    && fact.of(after) != null)
        .map(Fact::name)
        .toList();
  }
}
