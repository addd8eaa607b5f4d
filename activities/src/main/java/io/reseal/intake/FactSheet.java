package io.reseal.intake;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.intake.Outcome.Reported;
import io.reseal.record.Fact;
import io.reseal.record.Findings;
import io.reseal.record.Known;
import io.reseal.record.RuledOut;
import io.reseal.sector.SectorId;
import java.util.List;

/**
 * What is known of a sector, fact by fact.
 *
 * @param sector which sector
 * @param recorded whether the catalog has a record of it that can be rebuilt
 * @param facts the facts that any source knows, in a fixed order
 * @param sources the sources that have findings on it, each with its remarks
 */
public record FactSheet(SectorId sector, boolean recorded, List<Line> facts, List<Source> sources) {

  /**
   * A fact.
   *
   * @param fact its name
   * @param values what each source that knows it reports
   * @param contradiction whether they differ and no operator has decided
   * @param decidedFor the source that an operator decided for, or null
   * @param ruledOut which of the values cannot be right, and why
   */
  public record Line(
      String fact,
      @JsonProperty("words") List<Reported> values,
      boolean contradiction,
      String decidedFor,
      List<RuledOut> ruledOut) {

    /** Whether a source's value was ruled out. */
    public boolean isRuledOut(String source) {
      return ruledOut.stream().anyMatch(one -> one.source().equals(source));
    }
  }

  /**
   * A source.
   *
   * @param source its name
   * @param remarks what a person should know of its findings, a sentence each
   */
  public record Source(String source, List<String> remarks) {}

  static FactSheet of(SectorId sector, Known known) {
    Merge merge = new Merge(sector, known);
    List<String> open = merge.contradictions().stream().map(Outcome.Contradiction::fact).toList();
    return new FactSheet(
        sector,
        known.record().isPresent() && !merge.disprovesRecord(),
        Fact.ALL.stream()
            .filter(fact -> Fact.DECIDABLE.contains(fact) || fact == Fact.HOLDS_DATA)
            .map(
                fact ->
                    new Line(
                        fact.name(),
                        Merge.values(fact, known.findings()),
                        open.contains(fact.name()),
                        merge.decided(fact).map(Findings::source).orElse(null),
                        merge.ruledOut().stream()
                            .filter(one -> one.fact().equals(fact.name()))
                            .toList()))
            .filter(line -> !line.values().isEmpty())
            .toList(),
        known.findings().stream()
            .map(finding -> new Source(finding.source(), finding.remarks()))
            .toList());
  }
}
