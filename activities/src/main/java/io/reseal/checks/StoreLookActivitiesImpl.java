package io.reseal.checks;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.ScannedStore;
import io.reseal.contract.LossScan;
import io.reseal.contract.StoreLookActivities;
import io.reseal.files.HangingException;
import io.reseal.files.OsError;
import io.reseal.files.Store;
import io.reseal.files.Stores;
import io.reseal.losses.SectorOnChain;
import io.reseal.sector.SectorId;
import io.reseal.steps.CopyRecords;
import io.temporal.activity.Activity;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Looks at this host's stores for a scan for losses; another attempt passes over what is done. */
public final class StoreLookActivitiesImpl implements StoreLookActivities {

  /** Who checked, in the catalog's record of a copy. */
  static final String BY = "losses scan";

  private final String host;
  private final Stores stores;
  private final Catalog catalog;

  /**
   * @param host this host's name
   * @param stores its stores
   */
  public StoreLookActivitiesImpl(String host, Stores stores, Catalog catalog) {
    this.host = host;
    this.stores = stores;
    this.catalog = catalog;
  }

  @Override
  public void look(LossScan scan) {
    Map<SectorId, SectorOnChain> live = new HashMap<>();
    catalog
        .losses()
        .eachSector(
            scan.miner(),
            scan.startedAt(),
            sector -> {
              if (sector.state().isLive()) {
                live.put(sector.sector(), sector);
              }
            });
    Set<String> done =
        catalog.losses().stores(scan.miner(), scan.startedAt()).stream()
            .filter(store -> store.host().equals(host))
            .map(ScannedStore::store)
            .collect(Collectors.toSet());
    CopyRecords records = new CopyRecords(catalog.copies(), host, BY);
    for (Store store : stores.all()) {
      if (!done.contains(store.name())) {
        long began = System.currentTimeMillis();
        String fault = look(store, live, records);
        catalog
            .losses()
            .looked(
                scan.miner(),
                scan.startedAt(),
                List.of(new ScannedStore(host, store.name(), records.id(store), began, fault)));
      }
    }
  }

  /** Why the store could not be looked at; null if it could. */
  private String look(Store store, Map<SectorId, SectorOnChain> live, CopyRecords records) {
    try {
      new StoreLook(stores, store, live, records, this::isBeingRebuilt, this::isAlive)
          .look(catalog.copies());
      return null;
    } catch (StoreLeftException | HangingException e) {
      return e.getMessage();
    } catch (IOException e) {
      return OsError.sentence(e);
    }
  }

  private boolean isBeingRebuilt(SectorId sector) {
    return catalog.runs().latest(sector).filter(run -> run.endedAt() == null).isPresent();
  }

  private void isAlive(int copies) {
    Activity.getExecutionContext().heartbeat(copies);
  }
}
