package io.reseal.cli.batch;

import io.reseal.catalog.BatchRecord;
import io.reseal.catalog.Catalog;
import io.reseal.problem.RefusedException;
import java.util.List;

/** Finds batches in the catalog; if there is none of that name, lists the existing ones. */
public final class BatchLookup {

  private static final int SHOWN = 10;

  private BatchLookup() {}

  public static BatchRecord require(Catalog catalog, String name) {
    return catalog
        .batches()
        .find(name)
        .orElseThrow(() -> new RefusedException(unknown(name, catalog.batches().list())));
  }

  private static String unknown(String name, List<BatchRecord> there) {
    return there.isEmpty()
        ? "There is no batch %s, and no other either.".formatted(name)
        : "There is no batch %s; the newest are: %s."
            .formatted(
                name,
                String.join(", ", there.stream().limit(SHOWN).map(BatchRecord::name).toList()));
  }
}
