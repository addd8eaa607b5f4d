package io.reseal.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogDatabase;
import io.reseal.catalog.StoreRow;
import io.reseal.config.WorkerConfig;
import io.reseal.files.EndedRuns;
import io.reseal.files.Store;
import io.reseal.files.StoreIdentities;
import io.reseal.files.Stores;
import io.reseal.problem.RefusedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is replaced on purpose, with a real catalog. */
class StoreAcceptanceIT {

  @TempDir Path dir;

  // Catches: a replaced disk that only a change in the database could bring back, and a worker's
  // report that overwrites the identity.
  @Test
  void aReplacedDiskIsAcceptedByTheOperatorAndByNothingElse() throws Exception {
    Path mount = Files.createDirectory(dir.resolve("mount"));
    Files.createDirectory(dir.resolve("scratch"));
    WorkerConfig config =
        WorkerConfig.load(
            Files.writeString(
                dir.resolve("worker.toml"),
                """
                [worker]
                name = "host-a"
                [[sealing_thread]]
                location = "%s"
                [[attached]]
                name = "s"
                location = "%s"
                """
                    .formatted(dir.resolve("scratch"), mount)));
    StoreIdentities identities = StoreIdentities.ofWorker(config);
    Store store = Stores.of(config, identities, EndedRuns.UNKNOWN).all().get(0);
    try (Catalog catalog = Catalog.open(CatalogDatabase.migrated())) {
      StoreRegistry registry =
          new StoreRegistry("host-a", identities, StoreRegistry.Known.of(catalog.stores()));
      registry.register(store);
      String first = catalog.stores().ofHost("host-a").get(0).identity();
      assertThat(first).isNotNull();

      Files.move(mount, dir.resolve("old disk"));
      Files.createDirectory(mount);
      catalog
          .stores()
          .report(
              List.of(
                  new StoreRow(
                      "host-a", "s", "x", null, false, false, "gone", 5, 6, Instant.EPOCH)));
      registry.register(store);
      StoreRow row = catalog.stores().ofHost("host-a").get(0);
      assertThat(row.identity()).isEqualTo(first);
      assertThat(row.fault()).isEqualTo("gone");
      assertThat(store.fault()).isPresent();

      assertThatThrownBy(() -> StoreAcceptance.accept(config, catalog.stores(), "t"))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("attaches no store \"t\", only: s");
      assertThat(StoreAcceptance.accept(config, catalog.stores(), "s"))
          .startsWith("Store \"s\" at " + mount + " is now the one with identity ");
      registry.register(store);
      assertThat(store.fault()).isEmpty();
      assertThat(catalog.stores().all().get(0).identity()).isNotEqualTo(first);

      catalog.hosts().remove("host-a");
      assertThat(catalog.stores().all()).isEmpty();
    }
  }
}
