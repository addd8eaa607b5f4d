package io.reseal.control;

import io.reseal.appraisal.LossReading;
import io.reseal.appraisal.Obstacle;
import io.reseal.catalog.BatchRecord;
import io.reseal.catalog.BatchRepository;
import io.reseal.catalog.Catalog;
import io.reseal.contract.BatchSector;
import io.reseal.contract.HeldBack;
import io.reseal.sector.SectorId;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which sectors of a batch come next. The order of a batch for lost sectors follows the cost of
 * waiting while it runs, by the newest scan of their miner. Those whose inputs are not complete,
 * and those that cannot be proven in time, do not start for now.
 */
final class BatchOrder {

  private final Catalog catalog;
  private final InstantSource clock;

  BatchOrder(Catalog catalog, InstantSource clock) {
    this.catalog = catalog;
    this.clock = clock;
  }

  /**
   * How urgent a sector is.
   *
   * @param place among all that are lost
   * @param priority of its rebuild, or null
   * @param heldBack why it does not start now, or null
   */
  private record Urgency(int place, Integer priority, HeldBack heldBack) {

    static final Urgency NONE = new Urgency(Integer.MAX_VALUE, null, null);

    /** What may start comes first, what is too late last. */
    static final Comparator<Urgency> ORDER =
        Comparator.comparing(
                Urgency::heldBack, Comparator.nullsFirst(Comparator.<HeldBack>naturalOrder()))
            .thenComparingInt(Urgency::place);

    BatchSector mark(BatchSector sector) {
      return sector.withPriority(priority).heldBack(heldBack);
    }
  }

  /** Sectors that are not lost any more come after those that are. */
  private record Urgencies(Map<SectorId, Urgency> of) {

    Urgency of(SectorId sector) {
      return of.getOrDefault(sector, Urgency.NONE);
    }

    BatchRepository.Turn turn(List<SectorId> sectors) {
      return new BatchRepository.Turn(
          sectors.stream().sorted(Comparator.comparing(this::of, Urgency.ORDER)).toList(),
          (int) sectors.stream().filter(sector -> of(sector).heldBack() == null).count());
    }
  }

  List<BatchSector> next(String batch, int from, int count) {
    Optional<BatchRecord> byCost = catalog.batches().find(batch).filter(BatchRecord::byCost);
    if (byCost.isEmpty()) {
      return catalog.batches().page(batch, from, count);
    }
    Urgencies urgencies = urgencies(byCost.get(), from);
    int ready = catalog.batches().reorder(batch, from, count, urgencies::turn);
    // What was read once is started, whatever a newer scan says.
    return ready > 0
        ? catalog.batches().page(batch, from, ready).stream()
            .map(sector -> urgencies.of(sector.sector()).mark(sector).heldBack(null))
            .toList()
        : catalog.batches().page(batch, from, count).stream()
            .map(sector -> urgencies.of(sector.sector()).mark(sector))
            .toList();
  }

  private Urgencies urgencies(BatchRecord batch, int from) {
    Map<SectorId, Urgency> urgencies = new HashMap<>();
    LossReading.newest(catalog, catalog.batches().miners(batch.name()), clock.millis())
        .forEach(read -> add(read, urgencies, batch.insist()));
    if (urgencies.values().stream().anyMatch(urgency -> urgency.heldBack() != null)) {
      catalog.batches().page(batch.name(), from, batch.sectors()).stream()
          .filter(BatchSector::finished)
          .forEach(sector -> urgencies.remove(sector.sector()));
    }
    return new Urgencies(urgencies);
  }

  private static void add(LossReading.Read read, Map<SectorId, Urgency> urgencies, boolean insist) {
    Map<SectorId, Obstacle> obstacles = Obstacle.all(read);
    if (insist) {
      obstacles.values().removeIf(obstacle -> obstacle.kind() == HeldBack.TOO_LATE);
    }
    for (LossReading.Line line : read.lines()) {
      Obstacle obstacle = obstacles.remove(line.sector());
      urgencies.put(
          line.sector(),
          new Urgency(
              urgencies.size(),
              line.loss().priority(read.clock()),
              obstacle == null ? null : obstacle.kind()));
    }
    obstacles.forEach(
        (sector, obstacle) ->
            urgencies.put(sector, new Urgency(Integer.MAX_VALUE, null, obstacle.kind())));
  }
}
