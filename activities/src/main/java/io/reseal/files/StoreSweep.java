package io.reseal.files;

import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends interrupted exchanges that no attempt will come back for: those of rebuilds that are not
 * running, and complete ones that are still there at the second look. Each store is looked at in
 * its own thread, so that one that does not answer keeps none of the others waiting.
 */
public final class StoreSweep {

  private static final Logger LOG = LoggerFactory.getLogger(StoreSweep.class);

  private final List<Store> stores;
  private final Predicate<SectorId> isRunning;
  private final Executor executor;
  private final Set<Store> busy = new HashSet<>();
  private final Map<Store, Set<Path>> seen = new HashMap<>();

  /**
   * @param isRunning whether a sector's rebuild is running; true if that cannot be found out
   */
  public StoreSweep(Stores stores, Predicate<SectorId> isRunning, Executor executor) {
    this.stores = stores.all().stream().filter(store -> !store.readonly()).toList();
    this.isRunning = isRunning;
    this.executor = executor;
  }

  /** Looks at all stores, without waiting for the result. */
  public void look() {
    stores.forEach(store -> start(store, () -> look(store)));
  }

  /** Ends what a rebuild that gives its thread back has left, without waiting for the result. */
  public void settle(SectorId sector, Fence fence) {
    stores.forEach(store -> execute(store, () -> settle(store, sector, fence)));
  }

  private interface Work {
    void run() throws IOException;
  }

  private void start(Store store, Work work) {
    synchronized (busy) {
      if (!busy.add(store)) {
        return;
      }
    }
    execute(
        store,
        () -> {
          try {
            work.run();
          } finally {
            synchronized (busy) {
              busy.remove(store);
            }
          }
        });
  }

  private void execute(Store store, Work work) {
    try {
      executor.execute(
          () -> {
            try {
              work.run();
            } catch (IOException | RuntimeException e) {
              LOG.warn(
                  "Interrupted exchanges in store \"{}\" stay for now: {}",
                  store.name(),
                  e.toString());
            }
          });
    } catch (RejectedExecutionException e) {
      LOG.debug("Nothing is swept, because the worker is stopping");
    }
  }

  private static void settle(Store store, SectorId sector, Fence fence) throws IOException {
    if (store.wrongIdentity().isEmpty()) {
      store.settle(sector, fence);
    }
  }

  private void look(Store store) throws IOException {
    if (store.wrongIdentity().isPresent()) {
      return;
    }
    Set<Path> complete = new HashSet<>();
    for (SectorId sector : store.exchanging()) {
      List<Exchange> exchanges = store.exchanges(sector);
      if (isRunning.test(sector)) {
        exchanges = exchanges.stream().filter(Exchange::isComplete).toList();
        exchanges.forEach(exchange -> complete.add(exchange.dir()));
        exchanges =
            exchanges.stream().filter(exchange -> seenBefore(store, exchange.dir())).toList();
      }
      if (!exchanges.isEmpty() || store.exchanges(sector).isEmpty()) {
        LOG.info("Ending {} exchanges of {} in store {}", exchanges.size(), sector, store.name());
        store.settle(sector, exchanges);
      }
    }
    synchronized (seen) {
      seen.put(store, complete);
    }
  }

  private boolean seenBefore(Store store, Path dir) {
    synchronized (seen) {
      return seen.getOrDefault(store, Set.of()).contains(dir);
    }
  }
}
