package io.reseal.control;

import io.reseal.appraisal.LossReading;
import io.reseal.catalog.BatchRecord;
import io.reseal.catalog.Catalog;
import io.reseal.contract.BatchSector;
import io.reseal.sector.SectorId;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which sectors of a batch come next. The order of a batch for lost sectors follows the cost of
 * waiting while it runs, by the newest scan of their miner.
 */
final class BatchOrder {

  private final Catalog catalog;
  private final InstantSource clock;

  BatchOrder(Catalog catalog, InstantSource clock) {
    this.catalog = catalog;
    this.clock = clock;
  }

  /** A sector's place among all that are lost, and the priority of its rebuild. */
  private record Urgency(int place, int priority) {}

  List<BatchSector> next(String batch, int from, int count) {
    if (catalog.batches().find(batch).filter(BatchRecord::byCost).isEmpty()) {
      return catalog.batches().page(batch, from, count);
    }
    Map<SectorId, Urgency> urgencies = urgencies(batch);
    catalog.batches().reorder(batch, from, count, sectors -> order(sectors, urgencies));
    return catalog.batches().page(batch, from, count).stream()
        .map(
            sector ->
                Optional.ofNullable(urgencies.get(sector.sector()))
                    .map(urgency -> sector.withPriority(urgency.priority()))
                    .orElse(sector))
        .toList();
  }

  /** Sectors that are not lost any more come last. */
  private static List<SectorId> order(List<SectorId> sectors, Map<SectorId, Urgency> urgencies) {
    Urgency none = new Urgency(Integer.MAX_VALUE, 0);
    return sectors.stream()
        .sorted(Comparator.comparingInt(sector -> urgencies.getOrDefault(sector, none).place()))
        .toList();
  }

  private Map<SectorId, Urgency> urgencies(String batch) {
    Map<SectorId, Urgency> urgencies = new HashMap<>();
    LossReading.newest(catalog, catalog.batches().sectors(batch), clock.millis())
        .forEach(
            read ->
                read.lines()
                    .forEach(
                        line ->
                            urgencies.put(
                                line.loss().sector().sector(),
                                new Urgency(
                                    urgencies.size(), line.loss().priority(read.clock())))));
    return urgencies;
  }
}
