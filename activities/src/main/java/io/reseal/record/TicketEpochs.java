package io.reseal.record;

import io.reseal.sector.SectorId;
import java.util.Optional;

/** Epochs that sources give for the tickets of sectors. */
@FunctionalInterface
public interface TicketEpochs {

  /** No source gives any. */
  TicketEpochs NONE = sector -> Optional.empty();

  /**
   * The epoch of a ticket.
   *
   * @param epoch of the chain
   * @param source who gives it
   */
  record Given(long epoch, String source) {}

  /** What is given for a sector by sources other than the chain; empty if they differ. */
  Optional<Given> of(SectorId sector);
}
