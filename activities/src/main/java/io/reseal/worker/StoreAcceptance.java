package io.reseal.worker;

import io.reseal.catalog.StoreRepository;
import io.reseal.config.WorkerConfig;
import io.reseal.files.Store;
import io.reseal.files.StoreIdentities;
import io.reseal.files.StoreIdentity;
import io.reseal.files.Stores;
import io.reseal.problem.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.stream.Collectors;

/** Makes what is now at a store's location the store, after its disk was replaced on purpose. */
public final class StoreAcceptance {

  private StoreAcceptance() {}

  /** Records the identity that the store has now, or a new one; returns a sentence. */
  public static String accept(WorkerConfig config, StoreRepository catalog, String name)
      throws IOException {
    StoreIdentities identities = StoreIdentities.ofCommand(config);
    Stores stores = Stores.of(config);
    Store store =
        stores.all().stream()
            .filter(attached -> attached.name().equals(name))
            .findFirst()
            .orElseThrow(() -> new RefusedException(unknown(config, stores, name)));
    if (!Files.isDirectory(store.root())) {
      throw new RefusedException(
          "%s is not a directory: mount the disk of store \"%s\" first."
              .formatted(store.root(), name));
    }
    if (store.readonly() && StoreIdentity.read(store.root()).isEmpty()) {
      throw new RefusedException(
          "Store \"%s\" has no identity and is readonly, so it cannot be given one."
              .formatted(name));
    }
    String identity = StoreIdentity.require(store.root());
    catalog.accept(StoreRegistry.row(config.name(), store, identity));
    identities.expect(name, identity);
    return "Store \"%s\" at %s is now the one with identity %s; a running worker uses it within seconds."
        .formatted(name, store.root(), identity);
  }

  private static String unknown(WorkerConfig config, Stores stores, String name) {
    return "%s attaches no store \"%s\", only: %s."
        .formatted(
            config.file(),
            name,
            stores.all().stream().map(Store::name).collect(Collectors.joining(", ")));
  }
}
