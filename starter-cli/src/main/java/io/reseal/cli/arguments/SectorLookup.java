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
        .orElseThrow(
            () ->
                new RefusedException(
                    ("Sector %s is not in the catalog. Import it first: reseal import --help, or"
                            + " reseal util sealer sectors state import-json FILE --really-do-it")
                        .formatted(sector)));
  }
}
