package io.reseal.control;

import io.reseal.appraisal.BatchPlan;
import io.reseal.appraisal.LossReader;
import io.reseal.appraisal.LossReading;
import io.reseal.appraisal.Obstacle;
import io.reseal.appraisal.RebuildOrder;
import io.reseal.catalog.BatchOutcome;
import io.reseal.catalog.BatchRecord;
import io.reseal.catalog.BatchRepository;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogException;
import io.reseal.contract.BatchSector;
import io.reseal.contract.HeldBack;
import io.reseal.sector.SectorId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which sectors of a batch come next. The order of a batch for lost sectors follows the cost of
 * waiting while it runs, by the newest scan of their miner. Those whose inputs are not complete,
 * and those that cannot be proven in time, do not start for now.
 */
final class BatchOrder {

  private static final Logger LOG = LoggerFactory.getLogger(BatchOrder.class);

  /** Temporal's priority level of what would be too late otherwise. */
  private static final int URGENT = 2;

  private final Catalog catalog;
  private final LossReader losses;
  private final InstantSource clock;

  BatchOrder(Catalog catalog, LossReader losses, InstantSource clock) {
    this.catalog = catalog;
    this.losses = losses;
    this.clock = clock;
  }

  List<BatchSector> next(String batch, int from, int count) {
    Optional<BatchRecord> byCost = catalog.batches().find(batch).filter(BatchRecord::byCost);
    if (byCost.isEmpty()) {
      return catalog.batches().page(batch, from, count);
    }
    // What has its place is started, whatever a newer scan says.
    int settled = catalog.batches().settled(batch, from);
    if (settled > 0) {
      return catalog.batches().page(batch, from, Math.min(count, settled));
    }
    Waiting waiting = waiting(byCost.get(), from);
    int ready = catalog.batches().reorder(batch, from, count, waiting::turn);
    return ready > 0
        ? catalog.batches().page(batch, from, ready)
        : catalog.batches().page(batch, from, count).stream()
            .map(sector -> sector.heldBack(waiting.heldBack(sector.sector())))
            .toList();
  }

  /** What is known of the sectors that wait for their turn. */
  private final class Waiting {

    private final BatchRecord batch;
    private final long now = clock.millis();
    private final int threads;
    private final List<RebuildOrder.Job> byValue = new ArrayList<>();
    private final Map<SectorId, Integer> priorities = new HashMap<>();
    private final Map<SectorId, HeldBack> heldBack = new HashMap<>();
    private final List<Duration> begun = new ArrayList<>();
    private Set<SectorId> urgent = Set.of();

    Waiting(BatchRecord batch) {
      this.batch = batch;
      this.threads = BatchPlan.threads(batch, catalog.threads().all(), Instant.ofEpochMilli(now));
    }

    void add(LossReading.Read read) {
      Obstacle.all(read)
          .forEach(
              (sector, obstacle) -> {
                if (obstacle.kind() != HeldBack.TOO_LATE || !batch.insist()) {
                  heldBack.put(sector, obstacle.kind());
                }
              });
      for (LossReading.Line line : read.lines()) {
        priorities.put(line.sector(), line.loss().priority(read.clock()));
        byValue.add(RebuildOrder.Job.of(line, read, now));
      }
    }

    /** A scan has those as lost, too, that came back after it. */
    void progress(List<BatchOutcome> outcomes, int from) {
      Map<SectorId, Duration> works = new HashMap<>();
      byValue.forEach(job -> works.put(job.sector(), job.work()));
      for (BatchOutcome outcome : outcomes) {
        BatchOutcome.Kind kind = outcome.kind();
        if (kind == BatchOutcome.Kind.FINISHED) {
          heldBack.remove(outcome.sector());
        } else if (outcome.ordinal() < from
            && (kind == BatchOutcome.Kind.RUNNING || kind == BatchOutcome.Kind.QUEUED)) {
          begun.add(works.get(outcome.sector()));
        }
      }
    }

    HeldBack heldBack(SectorId sector) {
      return heldBack.get(sector);
    }

    private Integer priority(SectorId sector) {
      return urgent.contains(sector) ? Integer.valueOf(URGENT) : priorities.get(sector);
    }

    /** Sectors that are not lost any more come after those that are; what is too late is last. */
    BatchRepository.Turn turn(List<SectorId> sectors) {
      Set<SectorId> ready = new HashSet<>(sectors);
      ready.removeAll(heldBack.keySet());
      RebuildOrder.Order order =
          RebuildOrder.of(
              byValue.stream().filter(job -> ready.contains(job.sector())).toList(), this::threads);
      urgent = order.urgent();
      Set<SectorId> ordered = new LinkedHashSet<>(order.sectors());
      sectors.stream().filter(ready::contains).forEach(ordered::add);
      sectors.stream()
          .filter(heldBack::containsKey)
          .sorted(Comparator.comparing(heldBack::get))
          .forEach(ordered::add);
      return new BatchRepository.Turn(List.copyOf(ordered), ready.size(), this::priority);
    }

    /** The threads, after what the batch has begun; there is at least one if it is to go on. */
    private BatchPlan threads() {
      BatchPlan plan = BatchPlan.on(Math.max(1, threads), Instant.ofEpochMilli(now));
      plan.begin(begun);
      return plan;
    }
  }

  private Waiting waiting(BatchRecord batch, int from) {
    Waiting waiting = new Waiting(batch);
    try {
      losses.newest(catalog.batches().miners(batch.name()), clock.millis()).forEach(waiting::add);
      waiting.progress(catalog.batches().outcomes(batch.name()), from);
    } catch (CatalogException e) {
      if (e.reason() != CatalogException.Reason.BROKEN_RECORD) {
        throw e;
      }
      LOG.warn("Batch {} keeps its order, because a scan cannot be read", batch.name(), e);
      return new Waiting(batch);
    }
    return waiting;
  }
}
