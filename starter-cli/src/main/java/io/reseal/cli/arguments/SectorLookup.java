package io.reseal.cli.arguments;

import io.reseal.catalog.Catalog;
import io.reseal.problem.RefusedException;
import io.reseal.record.SectorRecord;
import io.reseal.sector.SectorId;

/** Finds sectors in the catalog, or explains how to import them. */
public final class SectorLookup {

  private SectorLookup() {}

  public static SectorRecord require(Catalog catalog, SectorId sector) {
    return catalog
        .sectors()
        .find(sector)
        .orElseThrow(() -> new RefusedException(why(catalog, sector)));
  }

  private static String why(Catalog catalog, SectorId sector) {
    return catalog.findings().of(sector).findings().isEmpty()
        ? ("Sector %s is not in the catalog. Import it first: reseal import --help, or"
                + " reseal util sealer sectors state import-json FILE --really-do-it")
            .formatted(sector)
        : "Too little is known of sector %s, or its sources differ, so there is no record of it yet: `reseal sectors facts %d %d` shows what each source reports."
            .formatted(sector, sector.miner(), sector.number());
  }
}
