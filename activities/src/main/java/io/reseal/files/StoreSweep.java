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
 * Frees what ended rebuilds reserved, and ends interrupted exchanges that no attempt will come back
 * for: those of rebuilds that are not running, and of those that are, the ones that stand still:
 * complete ones at the second look, half copies after an hour. An attempt that is alive
 * nevertheless fails and is repeated. Each store is looked at in its own thread, so that one that
 * does not answer keeps none of the others waiting.
 */
public final class StoreSweep {

  private static final Logger LOG = LoggerFactory.getLogger(StoreSweep.class);

  /** The worker looks once a minute. */
  private static final int LOOKS_OF_AN_HOUR = 60;

  private final List<Store> stores;
  private final Predicate<SectorId> isRunning;
  private final Predicate<Reservation> isOver;
  private final Executor executor;
  private final Set<Store> busy = new HashSet<>();
  private final Map<Store, Map<Path, Still>> seen = new HashMap<>();

  /**
   * Since when an exchange has stood still.
   *
   * @param bytes bytes of its files
   * @param looks how many looks in a row found as many, after the first
   */
  private record Still(long bytes, int looks) {

    static Still of(Exchange exchange, Still before) throws IOException {
      long bytes = Tree.bytes(exchange.dir());
      return new Still(bytes, before != null && before.bytes == bytes ? before.looks + 1 : 0);
    }

    /** Reading a copy back changes nothing either, so half copies get more time. */
    boolean isOver(Exchange exchange) {
      return looks >= (exchange.isComplete() ? 1 : LOOKS_OF_AN_HOUR);
    }
  }

  /**
   * @param isRunning whether a sector's rebuild is running; true if that cannot be found out
   * @param isOver whether the rebuild that reserved room has ended; false if that is unknown
   */
  public StoreSweep(
      Stores stores,
      Predicate<SectorId> isRunning,
      Predicate<Reservation> isOver,
      Executor executor) {
    this.stores = stores.all().stream().filter(store -> !store.readonly()).toList();
    this.isRunning = isRunning;
    this.isOver = isOver;
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
      store.release(sector, fence.at());
    }
  }

  private void look(Store store) throws IOException {
    if (store.wrongIdentity().isPresent()) {
      return;
    }
    Map<Path, Still> now = new HashMap<>();
    for (SectorId sector : store.exchanging()) {
      List<Exchange> all = store.exchanges(sector);
      for (Exchange exchange : all) {
        now.put(exchange.dir(), Still.of(exchange, before(store).get(exchange.dir())));
      }
      List<Exchange> over =
          isRunning.test(sector)
              ? all.stream().filter(exchange -> now.get(exchange.dir()).isOver(exchange)).toList()
              : all;
      if (over.size() == all.size() || !over.isEmpty()) {
        LOG.info(
            "Ending {} interrupted exchanges of sector {} in store \"{}\"",
            over.size(),
            sector,
            store.name());
        store.settle(sector, over);
      }
    }
    synchronized (seen) {
      seen.put(store, now);
    }
    for (Reservation reservation : store.reservations()) {
      if (isOver.test(reservation)) {
        LOG.info(
            "What was reserved for {} in store {} is free", reservation.sector(), store.name());
        store.release(reservation.sector(), reservation.at());
      }
    }
  }

  private Map<Path, Still> before(Store store) {
    synchronized (seen) {
      return seen.getOrDefault(store, Map.of());
    }
  }
}
