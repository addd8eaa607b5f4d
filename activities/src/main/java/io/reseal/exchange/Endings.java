package io.reseal.exchange;

import io.reseal.record.Fact;
import io.reseal.record.Facts;
import io.reseal.sector.SectorId;
import java.util.Optional;

/** Sectors that have ended according to the system whose records are read. */
final class Endings {

  private Endings() {}

  /** Records that a sector has ended, so that no proof of it is due. */
  static void put(Facts.Builder facts) {
    facts.put(Fact.ENDED, true).put(Fact.PROOF_DUE, false);
  }

  /**
   * The remark on it.
   *
   * @param how how it ended: {@code removed}, {@code terminated}, …
   * @param according to which system, by which field
   */
  static String remark(String how, String according, Optional<SectorId> id) {
    return "It is %s according to %s: no proof is due, and it is rebuilt only if the chain shows that it is still there (reseal import chain %s)."
        .formatted(
            how,
            according,
            id.map(sector -> "%d %d".formatted(sector.miner(), sector.number())).orElse("M N"));
  }
}
