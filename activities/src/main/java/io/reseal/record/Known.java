package io.reseal.record;

import java.util.List;
import java.util.Optional;

/**
 * All that is known of a sector, and from which sources.
 *
 * @param record the record that rebuilds use, if there is one
 * @param findings what each source reports, ordered by source; a record that was imported whole is
 *     among them
 * @param decisions which source counts where sources differ
 */
public record Known(
    Optional<SectorRecord> record, List<Findings> findings, List<Decision> decisions) {}
