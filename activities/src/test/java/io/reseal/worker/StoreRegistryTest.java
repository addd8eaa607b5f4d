package io.reseal.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.catalog.CatalogException;
import io.reseal.catalog.StoreRow;
import io.reseal.config.WorkerConfig;
import io.reseal.files.EndedRuns;
import io.reseal.files.Store;
import io.reseal.files.StoreIdentities;
import io.reseal.files.StoreIdentity;
import io.reseal.files.StoreStatus;
import io.reseal.files.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which identity a store must have, over mounts, outages, restarts and hosts. */
class StoreRegistryTest {

  /** A catalog that can be away. */
  private static final class Table implements StoreRegistry.Known {
    private final List<StoreRow> rows = new ArrayList<>();
    private boolean away;

    @Override
    public List<StoreRow> named(String store) {
      if (away) {
        throw new CatalogException(CatalogException.Reason.UNREACHABLE, "away", null);
      }
      return rows.stream().filter(row -> row.name().equals(store)).toList();
    }

    @Override
    public void register(StoreRow store) {
      named(store.name());
      rows.add(store);
    }
  }

  @TempDir Path dir;

  private final Table table = new Table();
  private Path mount;
  private StoreIdentities identities;
  private Store store;

  @BeforeEach
  void startWorker() throws IOException {
    mount = dir.resolve("mount");
    Files.createDirectories(mount);
    restart("host-a", dir);
  }

  private void restart(String host, Path home) throws IOException {
    Files.createDirectories(home.resolve("scratch"));
    WorkerConfig config =
        WorkerConfig.load(
            Files.writeString(
                home.resolve("worker.toml"),
                """
                [worker]
                name = "%s"
                [[sealing_thread]]
                location = "%s"
                [[attached]]
                name = "s"
                location = "%s"
                """
                    .formatted(host, home.resolve("scratch"), mount)));
    identities = StoreIdentities.ofWorker(config);
    store = Stores.of(config, identities, EndedRuns.UNKNOWN).all().get(0);
  }

  private void register(String host) throws IOException {
    new StoreRegistry(host, identities, table).register(store);
  }

  private void unmount() throws IOException {
    Files.move(mount, dir.resolve("disk"));
    Files.createDirectory(mount);
  }

  private void mountAgain() throws IOException {
    Files.delete(mount);
    Files.move(dir.resolve("disk"), mount);
  }

  // Catches: a sector stored in the empty directory under an unmounted store.
  @Test
  void anUnmountedStoreIsNotUsedUntilItIsMountedAgain() throws IOException {
    register("host-a");
    assertThat(store.fault()).isEmpty();

    unmount();
    register("host-a");
    assertThat(store.fault().orElseThrow())
        .startsWith(mount + " has no identity, so it may be an empty mount point (expected: ")
        .endsWith("run: reseal worker accept-store s");
    assertThat(new Stores(List.of(store)).usable()).isEmpty();
    assertThat(mount).isEmptyDirectory();

    mountAgain();
    assertThat(store.fault()).isEmpty();
  }

  // Catches: an identity that is forgotten with the process, the catalog, or both in turn.
  @Test
  void itIsRecognisedAfterARestartWithoutTheCatalogAndAfterTheCatalogWasLost() throws IOException {
    register("host-a");
    String identity = table.rows.get(0).identity();
    unmount();

    table.away = true;
    restart("host-a", dir);
    assertThatThrownBy(() -> register("host-a")).isInstanceOf(CatalogException.class);
    assertThat(store.fault().orElseThrow()).contains("has no identity");

    table.away = false;
    table.rows.clear();
    register("host-a");
    assertThat(store.fault().orElseThrow()).contains("has no identity");
    assertThat(table.rows).extracting(StoreRow::identity).containsExactly(identity);

    Files.delete(dir.resolve("scratch/reseal/stores/identities.json"));
    restart("host-a", dir);
    register("host-a");
    assertThat(store.fault().orElseThrow()).contains("has no identity");
  }

  // Catches: a store that is used before anyone knows which one it must be.
  @Test
  void aStoreOfWhichNothingIsKnownWaitsForTheCatalog() throws IOException {
    table.away = true;
    assertThatThrownBy(() -> register("host-a")).isInstanceOf(CatalogException.class);

    assertThat(store.fault()).contains("its identity is not known until the catalog answers");
    assertThat(mount).isEmptyDirectory();
  }

  @Test
  void anotherDiskAtTheSameMountPointIsNotTheStore() throws IOException {
    register("host-a");
    unmount();
    String other = StoreIdentity.require(mount);

    assertThat(store.fault().orElseThrow())
        .startsWith(mount + " is another store: its identity is " + other + " instead of ");
  }

  // Catches: the miner's own ID of a store that is ignored, or that replaces an older identity.
  @Test
  void theMinersOwnIdCountsAndOneThatIsAddedLaterChangesNothing() throws IOException {
    Files.writeString(mount.resolve("sectorstore.json"), "{\"ID\":\"lotus-1\",\"Weight\":10}");
    register("host-a");
    assertThat(table.rows).extracting(StoreRow::identity).containsExactly("lotus-1");
    assertThat(mount.resolve(".reseal/store-id")).doesNotExist();

    Path elsewhere = dir.resolve("b");
    mount = Files.createDirectory(dir.resolve("mount-b"));
    restart("host-b", elsewhere);
    register("host-b");
    Files.writeString(mount.resolve("sectorstore.json"), "{\"ID\":\"lotus-2\"}");
    restart("host-b", elsewhere);
    register("host-b");
    assertThat(store.fault()).isEmpty();
  }

  // Catches: a second host that takes its unmounted network store for a new one.
  @Test
  void aSharedStoreMustBeTheSameOneOnEveryHost() throws IOException {
    String identity = StoreIdentity.require(mount);
    table.rows.add(row("host-z", identity, true));
    unmount();
    restart("host-a", dir);
    register("host-a");

    assertThat(store.fault().orElseThrow())
        .startsWith("on host host-z this name is a network store with identity " + identity)
        .contains(mount + " has none");
    assertThat(mount).isEmptyDirectory();

    mountAgain();
    register("host-a");
    assertThat(store.fault()).isEmpty();
  }

  // Catches: hosts with the same worker.toml whose local disks are taken for one shared store.
  @Test
  void aLocalStoreMayHaveTheNameOfAnotherHostsLocalStore() throws IOException {
    table.rows.add(row("host-z", "another", false));
    register("host-a");

    assertThat(store.fault()).isEmpty();
    assertThat(table.rows).hasSize(2);
  }

  // Catches: one hanging store that keeps the worker from starting or hides the others.
  @Test
  void aStoreThatHangsIsReportedAndKeepsNoOtherWaiting() throws Exception {
    Store other = new Store("other", Files.createDirectory(dir.resolve("other")), true);
    Deque<Runnable> hanging = new ArrayDeque<>();
    long[] nanos = {1};
    Executor first = work -> hanging.add(work);
    boolean[] once = {false};
    StoreWatch watch =
        new StoreWatch(
            new Stores(List.of(store, other)),
            new StoreRegistry("host-a", identities, table),
            work -> {
              if (!once[0]) {
                once[0] = true;
                first.execute(work);
              } else {
                work.run();
              }
            },
            () -> nanos[0]);
    watch.begin(Duration.ofMillis(1));
    nanos[0] += Duration.ofMinutes(1).toNanos();
    watch.look();

    assertThat(watch.statuses()).extracting(StoreStatus::name).containsExactly("s", "other");
    assertThat(watch.statuses().get(0).fault()).startsWith("it does not answer");
    assertThat(watch.statuses().get(1).fault()).isNull();

    hanging.remove().run();
    assertThat(watch.statuses().get(0).fault()).isNull();
  }

  private StoreRow row(String host, String identity, boolean network) {
    return new StoreRow(
        host, "s", mount.toString(), identity, network, false, null, 0, 0, Instant.EPOCH);
  }
}
