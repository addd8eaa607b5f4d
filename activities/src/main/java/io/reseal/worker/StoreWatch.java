package io.reseal.worker;

import io.reseal.catalog.CatalogException;
import io.reseal.files.Store;
import io.reseal.files.StoreStatus;
import io.reseal.files.Stores;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at each store of this host from time to time: whether it is the store it was, whether it
 * can be used, and what lies in it unfinished. Each look has its own thread, so a store that does
 * not answer is reported and keeps nothing else waiting.
 */
final class StoreWatch {

  private static final Logger LOG = LoggerFactory.getLogger(StoreWatch.class);

  /** How long a look may take before the store counts as hanging. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** A store and what the last look at it found. */
  private static final class Watched {
    private final Store store;
    private StoreStatus status;
    private long lookingSince = -1;

    private Watched(Store store) {
      this.store = store;
      this.status = status(store, "it has not been looked at yet", 0, 0);
    }
  }

  private final Stores all;
  private final List<Watched> stores;
  private final StoreRegistry registry;
  private final Executor executor;
  private final LongSupplier nanos;

  StoreWatch(Stores stores, StoreRegistry registry, Executor executor, LongSupplier nanos) {
    this.all = stores;
    this.stores = stores.all().stream().map(Watched::new).toList();
    this.registry = registry;
    this.executor = executor;
    this.nanos = nanos;
  }

  /** Looks at all stores and waits for those that answer in time. */
  void begin(Duration limit) throws InterruptedException {
    CountDownLatch looked = new CountDownLatch(stores.size());
    stores.forEach(watched -> start(watched, looked::countDown));
    if (!looked.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      LOG.warn("{} of {} stores have not answered yet", looked.getCount(), stores.size());
    }
  }

  /** Looks at all stores that are not being looked at, without waiting. */
  void look() {
    stores.forEach(watched -> start(watched, () -> {}));
  }

  /** What the last looks found. */
  List<StoreStatus> statuses() {
    List<StoreStatus> statuses = new ArrayList<>();
    for (Watched watched : stores) {
      synchronized (watched) {
        boolean hangs =
            watched.lookingSince >= 0
                && nanos.getAsLong() - watched.lookingSince > PATIENCE.toNanos();
        statuses.add(
            hangs
                ? status(
                    watched.store,
                    "it does not answer: its disk or network mount hangs; check it, or detach the"
                        + " store",
                    0,
                    watched.status.incomingBytes())
                : watched.status);
      }
    }
    return statuses;
  }

  private void start(Watched watched, Runnable after) {
    synchronized (watched) {
      if (watched.lookingSince >= 0) {
        return;
      }
      watched.lookingSince = Math.max(0, nanos.getAsLong());
    }
    try {
      executor.execute(
          () -> {
            StoreStatus found = examine(watched.store);
            synchronized (watched) {
              note(watched.status, found);
              watched.status = found;
              watched.lookingSince = -1;
            }
            after.run();
          });
    } catch (RejectedExecutionException e) {
      LOG.debug("No store is looked at, because the worker is stopping");
    }
  }

  private static void note(StoreStatus before, StoreStatus now) {
    if (now.fault() != null && !now.fault().equals(before.fault())) {
      LOG.warn("Store \"{}\" is not used: {}", now.name(), now.fault());
    }
  }

  private StoreStatus examine(Store store) {
    try {
      registry.register(store);
    } catch (CatalogException e) {
      LOG.debug("The identity of store \"{}\" is not compared with the catalog", store.name(), e);
    } catch (IOException e) {
      return status(store, "its identity cannot be recorded (%s)".formatted(e), 0, 0);
    }
    long incoming = 0;
    try {
      incoming = store.incomingBytes();
    } catch (IOException e) {
      LOG.debug("The unfinished copies in store \"{}\" cannot be counted", store.name(), e);
    }
    String fault =
        store
            .fault()
            .or(
                () ->
                    all.failed(store).map("others are preferred to it for a while: %s"::formatted))
            .orElse(null);
    return status(store, fault, store.freeBytes(), incoming);
  }

  private static StoreStatus status(Store store, String fault, long free, long incoming) {
    return new StoreStatus(
        store.name(), store.root().toString(), store.readonly(), fault, free, incoming);
  }
}
