package io.reseal.worker;

import io.reseal.catalog.CatalogException;
import io.reseal.catalog.CopyRepository;
import io.reseal.files.Stores;
import io.reseal.steps.CopyRecords;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many copies in each of the stores are damaged, as the catalog said last. */
final class DamagedCopies {

  private static final Logger LOG = LoggerFactory.getLogger(DamagedCopies.class);

  private final CopyRepository catalog;
  private final Stores stores;
  private final CopyRecords records;
  private volatile Map<String, Long> counts;

  DamagedCopies(CopyRepository catalog, Stores stores, String host) {
    this.catalog = catalog;
    this.stores = stores;
    this.records = new CopyRecords(catalog, host, "metrics");
  }

  /** Asks the catalog; while it is away, what it said last stays. */
  void look() {
    try {
      Map<String, Long> byId = catalog.damagedByStore();
      Map<String, Long> byName = new TreeMap<>();
      stores
          .usable()
          .forEach(store -> byName.put(store.name(), byId.getOrDefault(records.id(store), 0L)));
      counts = Map.copyOf(byName);
    } catch (CatalogException e) {
      LOG.debug("The catalog could not be asked how many copies are damaged", e);
    }
  }

  /** By the names of the usable stores; empty before the catalog's first answer. */
  Optional<Map<String, Long>> counts() {
    return Optional.ofNullable(counts);
  }
}
