package io.reseal.catalog;

import java.util.List;
import java.util.Optional;

/**
 * All that is known of a sector and who says it.
 *
 * @param record the record that rebuilds go by, if there is one
 * @param findings what each source says, ordered by source; a record that was brought in whole is
 *     among them
 * @param decisions whose word counts where sources differ
 */
public record SectorWords(
    Optional<SectorRecord> record, List<SectorFindings> findings, List<Decision> decisions) {

  /**
   * An operator's decision between sources.
   *
   * @param fact which fact, by its name
   * @param source whose word counts
   * @param by who decided
   */
  public record Decision(String fact, String source, String by) {}
}
