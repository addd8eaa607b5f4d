package io.reseal.intake;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.intake.Outcome.Reported;
import io.reseal.record.Fact;
import io.reseal.record.Findings;
import io.reseal.record.Known;
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
   */
  public record Line(
      String fact,
      @JsonProperty("words") List<Reported> values,
      boolean contradiction,
      String decidedFor) {}

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
        known.record().isPresent(),
        Fact.DECIDABLE.stream()
            .filter(fact -> !merge.values(fact).isEmpty())
            .map(
                fact ->
                    new Line(
                        fact.name(),
                        merge.values(fact),
                        open.contains(fact.name()),
                        merge.decided(fact).map(Findings::source).orElse(null)))
            .toList(),
        known.findings().stream()
            .map(finding -> new Source(finding.source(), finding.remarks()))
            .toList());
  }
}
