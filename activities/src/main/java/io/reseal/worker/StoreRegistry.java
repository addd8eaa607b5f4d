package io.reseal.worker;

import io.reseal.catalog.StoreRepository;
import io.reseal.catalog.StoreRow;
import io.reseal.files.Store;
import io.reseal.files.StoreIdentities;
import io.reseal.files.StoreIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Decides which identity each store of this host must have: the one that the catalog or this host
 * remembers, else the one that the store has, else a new one.
 */
final class StoreRegistry {

  /** What the catalog knows of stores. */
  interface Known {
    List<StoreRow> named(String store);

    void register(StoreRow store);

    static Known of(StoreRepository catalog) {
      return new Known() {
        @Override
        public List<StoreRow> named(String store) {
          return catalog.named(store);
        }

        @Override
        public void register(StoreRow store) {
          catalog.register(store);
        }
      };
    }
  }

  private final String host;
  private final StoreIdentities identities;
  private final Known catalog;

  StoreRegistry(String host, StoreIdentities identities, Known catalog) {
    this.host = host;
    this.identities = identities;
    this.catalog = catalog;
  }

  void register(Store store) throws IOException {
    List<StoreRow> named = catalog.named(store.name());
    Optional<StoreRow> mine = named.stream().filter(row -> row.host().equals(host)).findFirst();
    Optional<String> recorded = mine.map(StoreRow::identity);
    Optional<String> known = recorded.or(() -> identities.expected(store.name()));
    Optional<String> identity = known.isPresent() ? known : first(store, named);
    if (identity.isEmpty()) {
      return;
    }
    if (recorded.isEmpty()) {
      catalog.register(row(host, store, identity.get()));
    }
    identities.expect(store.name(), identity.get());
  }

  /** The identity of a store that this host has never used; empty if it has to wait. */
  private Optional<String> first(Store store, List<StoreRow> named) throws IOException {
    List<String> found = StoreIdentity.read(store.root());
    List<StoreRow> shared =
        named.stream().filter(row -> row.network() && row.identity() != null).toList();
    Optional<String> same =
        shared.stream().map(StoreRow::identity).filter(found::contains).findFirst();
    if (shared.isEmpty() || same.isPresent()) {
      return same.isPresent() ? same : ownOrNew(store, found);
    }
    StoreRow other = shared.get(0);
    identities.refuse(
        store.name(),
        "on host %s this name is a network store with identity %s, but %s %s; mount it, or if this is another store, run: reseal worker accept-store %s"
            .formatted(
                other.host(),
                other.identity(),
                store.root(),
                found.isEmpty() ? "has none" : "has identity " + found.get(0),
                store.name()));
    return Optional.empty();
  }

  private static Optional<String> ownOrNew(Store store, List<String> found) throws IOException {
    if (!found.isEmpty()) {
      return Optional.of(found.get(0));
    }
    return store.readonly() || !Files.isDirectory(store.root())
        ? Optional.empty()
        : Optional.of(StoreIdentity.require(store.root()));
  }

  static StoreRow row(String host, Store store, String identity) {
    Path root = store.root();
    return new StoreRow(
        host,
        store.name(),
        root.toString(),
        identity,
        store.isOnNetwork(),
        store.readonly(),
        null,
        0,
        0,
        Instant.now());
  }
}
