package io.reseal.checks;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.CopyRow;
import io.reseal.contract.ScrubCopy;
import io.reseal.files.FileWork;
import io.reseal.files.Replica;
import io.reseal.files.Store;
import io.reseal.files.Stores;
import io.reseal.sector.SectorId;
import io.reseal.steps.CopyRecords;
import io.reseal.steps.StoreContents;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** A store as its checks see it: what it has, and what it had when it was last checked. */
final class ScrubbedStore {

  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(15);

  /**
   * The copies in a store.
   *
   * @param copies those of sectors that the catalog knows, and those that were there before
   * @param unknown how many sectors it has that the catalog does not know
   */
  record Contents(Collection<DueChoice.Known> copies, int unknown) {}

  private final Stores stores;
  private final Store store;

  private ScrubbedStore(Stores stores, Store store) {
    this.stores = stores;
    this.store = store;
  }

  static ScrubbedStore named(Stores stores, String name) throws StoreLeftException {
    return new ScrubbedStore(
        stores,
        stores.all().stream()
            .filter(one -> one.name().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new StoreLeftException(
                        "Store \"%s\" is not attached to this host any more.".formatted(name))));
  }

  Store store() {
    return store;
  }

  /**
   * Throws unless it is the store that it was. A disk that is not mounted must not look as if all
   * its copies were lost.
   */
  void requireUsable() throws IOException {
    if (!store.answers()) {
      throw new StoreLeftException(
          "Store \"%s\" does not answer: check its disk or network mount.".formatted(store.name()));
    }
    String wrong = store.wrongIdentity().orElse(null);
    if (wrong != null) {
      throw new StoreLeftException("Store \"%s\": %s.".formatted(store.name(), wrong));
    }
    if (!FileWork.within(ANSWER_LIMIT, store.root(), () -> Files.isDirectory(store.root()))) {
      throw new StoreLeftException(
          "%s is not a directory: mount its disk.".formatted(store.root()));
    }
  }

  /** Throws if it has no sector at all: its disk is probably not mounted. */
  void requireAny() throws IOException {
    for (Replica replica : Replica.values()) {
      if (!StoreContents.sectors(stores, store, replica).isEmpty()) {
        return;
      }
    }
    throw new StoreLeftException(
        "Store \"%s\" had copies and has none any more. If its disk is not mounted, mount it; if they were lost, rebuild the sectors that `reseal sectors state` shows there."
            .formatted(store.name()));
  }

  /** What it has and had. */
  Contents contents(Catalog catalog, CopyRecords records) throws IOException {
    requireUsable();
    Map<ScrubCopy, CopyRow> rows = new LinkedHashMap<>();
    catalog
        .copies()
        .eachOf(
            records.id(store), row -> rows.put(new ScrubCopy(row.sector(), row.replica()), row));
    Map<ScrubCopy, DueChoice.Known> copies = new LinkedHashMap<>();
    Set<SectorId> found = new HashSet<>();
    Map<Replica, Set<SectorId>> here = new LinkedHashMap<>();
    for (Replica replica : Replica.values()) {
      here.put(replica, StoreContents.sectors(stores, store, replica));
      found.addAll(here.get(replica));
    }
    if (found.isEmpty() && rows.values().stream().anyMatch(row -> !row.lost())) {
      requireAny();
    }
    Set<SectorId> known = catalog.sectors().known(found);
    here.forEach(
        (replica, sectors) ->
            sectors.stream()
                .filter(known::contains)
                .map(sector -> new ScrubCopy(sector, CopyRecords.name(replica)))
                .forEach(copy -> copies.put(copy, known(copy, rows.get(copy), false))));
    rows.forEach(
        (copy, row) -> {
          if (!row.lost() && !here(here, copy)) {
            copies.put(copy, known(copy, row, true));
          }
        });
    return new Contents(copies.values(), found.size() - known.size());
  }

  private static boolean here(Map<Replica, Set<SectorId>> here, ScrubCopy copy) {
    return here.get(CopyRecords.replica(copy.replica())).contains(copy.sector());
  }

  private static DueChoice.Known known(ScrubCopy copy, CopyRow row, boolean absent) {
    return new DueChoice.Known(
        copy,
        row == null || row.sampledAt() == null ? 0 : row.sampledAt(),
        row == null || row.readAt() == null ? 0 : row.readAt(),
        absent);
  }
}
