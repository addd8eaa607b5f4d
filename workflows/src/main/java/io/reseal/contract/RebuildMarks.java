package io.reseal.contract;

import io.reseal.sector.RebuildState;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import io.temporal.common.SearchAttributes;

/** How a rebuild is marked in Temporal's lists from its start, however it is started. */
public final class RebuildMarks {

  private RebuildMarks() {}

  /** One line: {@code f01001/123 32GiB StackedDrg32GiBV1_1: rebuild}. */
  public static String summary(SectorId sector, SealProof proof) {
    return proof == null
        ? sector + ": rebuild"
        : "%s %s %s: rebuild".formatted(sector, proof.size(), proof);
  }

  /**
   * Search attributes of a rebuild that has not started.
   *
   * @param batch the batch that starts it, or null
   */
  public static SearchAttributes attributes(SectorId sector, String batch) {
    SearchAttributes.Builder attributes =
        SearchAttributes.newBuilder()
            .set(Names.MINER, sector.minerAddress())
            .set(Names.SECTOR, sector.number())
            .set(Names.STATE, RebuildState.EMPTY.toString())
            .set(Names.ATTENTION, false);
    if (batch != null) {
      attributes.set(Names.BATCH, batch);
    }
    return attributes.build();
  }
}
