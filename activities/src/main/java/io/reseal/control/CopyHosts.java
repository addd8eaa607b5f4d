package io.reseal.control;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.CopyRow;
import io.reseal.catalog.HostRow;
import io.reseal.catalog.StoreRow;
import io.reseal.catalog.ThreadRow;
import io.reseal.config.ThreadPlan;
import io.reseal.sector.SectorId;
import io.reseal.steps.CopyRecords;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Finds the host that has most of a sector in its stores, from what checks and rebuilds have
 * recorded of copies.
 */
final class CopyHosts {

  /** A host that has not reported for so long is not waited for. */
  private static final Duration FRESH = Duration.ofSeconds(60);

  private static final int INTACT = 4;
  private static final int DAMAGED = 2;

  /** Only the pieces need not be fetched then. */
  private static final int UNSEALED = 1;

  /** The stores that can be used, by their hosts. */
  private final Map<String, List<StoreRow>> stores;

  private final Set<String> working;

  private CopyHosts(Map<String, List<StoreRow>> stores, Set<String> working) {
    this.stores = stores;
    this.working = working;
  }

  static CopyHosts of(Catalog catalog, Instant now) {
    return of(catalog.stores().all(), catalog.hosts().all(), catalog.threads().all(), now);
  }

  static CopyHosts of(
      List<StoreRow> stores, List<HostRow> hosts, List<ThreadRow> threads, Instant now) {
    Set<String> draining =
        hosts.stream().filter(HostRow::draining).map(HostRow::name).collect(Collectors.toSet());
    Set<String> working =
        threads.stream()
            .filter(thread -> thread.plan().equals(ThreadPlan.REBUILD.toString()))
            .filter(thread -> !thread.paused() && !thread.faulted())
            .filter(thread -> thread.seenAt().isAfter(now.minus(FRESH)))
            .map(ThreadRow::host)
            .filter(host -> !draining.contains(host))
            .collect(Collectors.toSet());
    return new CopyHosts(
        stores.stream()
            .filter(store -> store.fault() == null)
            .collect(Collectors.groupingBy(StoreRow::host)),
        working);
  }

  /**
   * The host to prefer. Empty if none has anything, or if it makes no difference.
   *
   * @param copies what is recorded of the sector's copies
   */
  Optional<String> best(SectorId sector, List<CopyRow> copies) {
    Map<String, Integer> worth =
        working.stream()
            .collect(Collectors.toMap(Function.identity(), host -> worth(host, copies)));
    int most = worth.values().stream().max(Integer::compare).orElse(0);
    List<String> best = working.stream().filter(host -> worth.get(host) == most).sorted().toList();
    return most == 0 || best.size() == working.size()
        ? Optional.empty()
        : Optional.of(best.get(Math.floorMod(sector.hashCode(), best.size())));
  }

  /** The replicas that the host has, an intact one before a damaged one. */
  private int worth(String host, List<CopyRow> copies) {
    return copies.stream()
        .filter(copy -> !copy.lost() && has(host, copy))
        .collect(
            Collectors.toMap(
                CopyRow::replica, CopyHosts::worth, (one, other) -> Math.max(one, other)))
        .values()
        .stream()
        .mapToInt(Integer::intValue)
        .sum();
  }

  private static int worth(CopyRow copy) {
    if (copy.replica().equals(CopyRecords.UNSEALED)) {
      return copy.damage() == null ? UNSEALED : 0;
    }
    return copy.damage() == null ? INTACT : DAMAGED;
  }

  private boolean has(String host, CopyRow copy) {
    return stores.getOrDefault(host, List.of()).stream()
        .anyMatch(
            store ->
                store.identity() == null
                    ? copy.host().equals(host) && copy.store().equals(store.name())
                    : copy.storeId().equals(store.identity()));
  }
}
