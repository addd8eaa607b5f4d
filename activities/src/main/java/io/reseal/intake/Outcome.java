package io.reseal.intake;

import io.reseal.sector.SectorId;
import java.util.List;

/**
 * What became of a source's word on a sector.
 *
 * @param sector which sector
 * @param source whose word
 * @param kind how the sector stands now
 * @param cameIn the facts of the sector's record that are new or other than before
 * @param missing the facts without which it cannot be rebuilt
 * @param contradictions the facts on which sources differ and nobody has decided
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

  /** How a sector stands after a word on it. */
  public enum Kind {
    /** It was not in the catalog and can be rebuilt. */
    NEW,
    /** The catalog knew all of that. */
    SAME,
    /** The catalog's record knows more than before. */
    COMPLETED,
    /** Facts are missing for a record that can be rebuilt. */
    INCOMPLETE,
    /** Sources differ: the record does not change in those facts until an operator decides. */
    CONTRADICTS
  }

  /**
   * A fact on which sources differ.
   *
   * @param fact its name
   * @param words what each source says that knows of it
   */
  public record Contradiction(String fact, List<Word> words) {}

  /**
   * What one source says.
   *
   * @param source who
   * @param value for people
   */
  public record Word(String source, String value) {}
}
