package io.reseal.cli.losses;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.LossScanRow;
import io.reseal.problem.RefusedException;

/** The newest scan of a miner. */
final class ScannedMiner {

  private ScannedMiner() {}

  static LossScanRow latest(Catalog catalog, long miner) {
    return catalog
        .losses()
        .latest(miner)
        .orElseThrow(
            () ->
                new RefusedException(
                    "f0%1$d was not scanned yet: `reseal losses scan f0%1$d`.".formatted(miner)));
  }
}
