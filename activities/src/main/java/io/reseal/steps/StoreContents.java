package io.reseal.steps;

import io.reseal.files.FileWork;
import io.reseal.files.Replica;
import io.reseal.files.Store;
import io.reseal.files.Stores;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Which copies a store has, by the names in its directories alone. */
public final class StoreContents {

  /** A disk that has to spin up takes about ten seconds. */
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(15);

  private StoreContents() {}

  /**
   * The sectors of which a store has a copy: the replica's file, or what proves it if no store of
   * the host has the file. Other names in its directories are passed over.
   *
   * @throws IOException if the store cannot be listed, or does not answer
   */
  public static Set<SectorId> sectors(Stores stores, Store store, Replica replica)
      throws IOException {
    return FileWork.within(
        ANSWER_LIMIT,
        store.root(),
        () -> {
          Set<SectorId> sectors = new TreeSet<>(store.sectors(replica.dataType()));
          Set<SectorId> rest = new HashSet<>(store.sectors(replica.cacheType()));
          rest.removeAll(sectors);
          List<Store> others = rest.isEmpty() ? List.of() : stores.usable();
          rest.stream().filter(sector -> isNowhere(sector, replica, others)).forEach(sectors::add);
          return sectors;
        });
  }

  private static boolean isNowhere(SectorId sector, Replica replica, List<Store> stores) {
    FileWork.proceed();
    return stores.stream().noneMatch(store -> store.holds(sector, replica.dataType()));
  }
}
