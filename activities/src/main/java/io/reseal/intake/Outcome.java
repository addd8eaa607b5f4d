package io.reseal.intake;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.sector.SectorId;
import java.util.List;

/**
 * What changed when a source's findings on a sector were added.
 *
 * @param sector which sector
 * @param source whose findings
 * @param kind the sector's status now
 * @param cameIn the facts of the sector's record that are new or changed
 * @param missing the facts without which it cannot be rebuilt
 * @param contradictions the facts on which sources differ and no operator has decided
 * @param remarks what a person should know, a sentence each
 */
public record Outcome(
    SectorId sector,
    String source,
    Kind kind,
    List<String> cameIn,
    List<String> missing,
    List<Contradiction> contradictions,
    List<String> remarks) {

  /** A sector's status after findings were added. */
  public enum Kind {
    /** It was not in the catalog and can be rebuilt. */
    NEW,
    /** The catalog knew all of it already. */
    SAME,
    /** The catalog's record knows more than before. */
    COMPLETED,
    /** Facts are missing for a record that can be rebuilt. */
    INCOMPLETE,
    /** Sources differ: these facts of the record do not change until an operator decides. */
    CONTRADICTS
  }

  /**
   * A fact on which sources differ.
   *
   * @param fact its name
   * @param values what each source that knows it reports
   */
  public record Contradiction(String fact, @JsonProperty("words") List<Reported> values) {}

  /**
   * What one source reports of a fact.
   *
   * @param source which source
   * @param value for people
   */
  public record Reported(String source, String value) {}
}
