package io.reseal.intake;

import io.reseal.intake.Outcome.Word;
import io.reseal.record.Findings;
import io.reseal.record.Known;
import io.reseal.sector.SectorId;
import java.util.List;

/**
 * What is known of a sector, fact by fact.
 *
 * @param sector which sector
 * @param recorded whether the catalog has a record of it that can be rebuilt
 * @param facts those that any source knows, in a fixed order
 * @param sources who has been heard, each with its remarks
 */
public record FactSheet(SectorId sector, boolean recorded, List<Line> facts, List<Source> sources) {

  /**
   * A fact.
   *
   * @param fact its name
   * @param words what each source says that knows of it
   * @param contradiction whether they differ and nobody has decided
   * @param decidedFor the source that an operator decided for, or null
   */
  public record Line(String fact, List<Word> words, boolean contradiction, String decidedFor) {}

  /**
   * A source.
   *
   * @param source its name
   * @param remarks what a person should know of its findings, a sentence each
   */
  public record Source(String source, List<String> remarks) {}

  static FactSheet of(SectorId sector, Known words) {
    Merge merge = new Merge(sector, words);
    List<String> open = merge.contradictions().stream().map(Outcome.Contradiction::fact).toList();
    return new FactSheet(
        sector,
        words.record().isPresent(),
        Fact.ALL.stream()
            .filter(fact -> !merge.words(fact).isEmpty())
            .map(
                fact ->
                    new Line(
                        fact.name(),
                        merge.words(fact),
                        open.contains(fact.name()),
                        merge.decided(fact).map(Findings::source).orElse(null)))
            .toList(),
        words.findings().stream()
            .map(finding -> new Source(finding.source(), finding.remarks()))
            .toList());
  }
}
