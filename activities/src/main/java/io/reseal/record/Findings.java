package io.reseal.record;

import io.reseal.sector.SectorId;
import java.util.List;

/**
 * What one source reports of one sector.
 *
 * @param id which sector
 * @param source the source's name as shown and kept, e.g. {@code chain}, {@code damocles FILE},
 *     {@code by hand}; new findings of a source replace its earlier ones
 * @param facts the facts that the source knows
 * @param remarks what a person should know of how these were found, a sentence each: if a fact is
 *     missing, where it was searched for and what was answered
 */
public record Findings(SectorId id, String source, Facts facts, List<String> remarks) {

  /** The source of what nodes of the chain report. */
  public static final String CHAIN = "chain";

  /** The source of inputs that a rebuild has shown to be right: they gave the recorded CommR. */
  public static final String REBUILT = "rebuilt";

  /** The source of what an operator enters. */
  public static final String BY_HAND = "by hand";

  public Findings {
    if (id == null || source == null) {
      throw new IllegalArgumentException("Findings need their sector and their source.");
    }
    remarks = List.copyOf(remarks);
  }

  /** Findings without remarks. */
  public Findings(SectorId id, String source, Facts facts) {
    this(id, source, facts, List.of());
  }

  /** A record as findings of the source that it came from. */
  public static Findings of(SectorRecord record) {
    return new Findings(record.id(), record.source(), record.facts());
  }

  /** The same, completed by the facts of the source's earlier findings. */
  public Findings over(Findings earlier) {
    return new Findings(
        id, source, facts.over(earlier.facts), remarks.isEmpty() ? earlier.remarks : remarks);
  }
}
