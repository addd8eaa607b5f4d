package io.reseal.worker;

import io.reseal.appraisal.LossReader;
import io.reseal.appraisal.LossReading;
import io.reseal.catalog.BatchCounts;
import io.reseal.catalog.BatchLoss;
import io.reseal.catalog.BatchRate;
import io.reseal.catalog.BatchRecord;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogException;
import io.reseal.catalog.LossScanRow;
import io.reseal.metrics.FleetState;
import io.reseal.metrics.FleetState.MinerLosses;
import io.reseal.metrics.FleetState.OpenBatch;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Losses and sectors that were put back, as the catalog said last. */
final class FleetWatch {

  private static final Logger LOG = LoggerFactory.getLogger(FleetWatch.class);

  /**
   * A scan is read as a whole, which takes seconds if the miner has very many sectors: again when
   * there is a newer one, and this often for what was put back and what time has changed.
   */
  private static final Duration READ_AGAIN = Duration.ofMinutes(10);

  /** Batches are counted again after this many times the time that it took. */
  private static final int BATCHES_AGAIN = 100;

  private record Kept(long startedAt, long readAt, MinerLosses losses) {}

  private final Catalog catalog;
  private final LossReader reader;
  private final InstantSource clock;
  private final Map<Long, Kept> kept = new HashMap<>();
  private List<OpenBatch> batches = List.of();
  private long batchesAgain;
  private volatile FleetState state;

  FleetWatch(Catalog catalog, LossReader reader, InstantSource clock) {
    this.catalog = catalog;
    this.reader = reader;
    this.clock = clock;
  }

  /** Asks the catalog; while it is away, what it said last stays. */
  void look() {
    try {
      long now = clock.millis();
      List<MinerLosses> losses = new ArrayList<>();
      for (long miner : catalog.losses().miners()) {
        catalog.losses().latest(miner).ifPresent(scan -> losses.add(losses(scan, now)));
      }
      state =
          new FleetState(
              now, losses, catalog.runs().countOpen(), batches(now), catalog.followed().counts());
    } catch (CatalogException e) {
      LOG.debug("The catalog could not be asked for losses", e);
    }
  }

  /** Empty before the catalog's first answer. */
  Optional<FleetState> state() {
    return Optional.ofNullable(state);
  }

  /** Counting a large batch takes a while: at most a hundredth of the time is spent on it. */
  private List<OpenBatch> batches(long now) {
    if (now >= batchesAgain) {
      long begun = clock.millis();
      batches =
          catalog.batches().working().stream()
              .flatMap(
                  batch ->
                      catalog.batches().counts(batch.name()).stream()
                          .map(counts -> new OpenBatch(counts, secondsLeft(batch, counts, now))))
              .toList();
      batchesAgain = now + BATCHES_AGAIN * (clock.millis() - begun);
    }
    return batches;
  }

  private Long secondsLeft(BatchRecord batch, BatchCounts counts, long now) {
    Optional<BatchRate> rate = catalog.batches().rate(batch, now);
    return rate.map(its -> its.secondsLeft(counts)).orElse(null);
  }

  private MinerLosses losses(LossScanRow scan, long now) {
    Kept before = kept.get(scan.miner());
    if (before == null
        || before.startedAt() != scan.startedAt()
        || now - before.readAt() >= READ_AGAIN.toMillis()) {
      before = new Kept(scan.startedAt(), now, read(scan, now));
      kept.put(scan.miner(), before);
    }
    return before.losses();
  }

  private MinerLosses read(LossScanRow scan, long now) {
    LossReading.Read read = reader.read(scan, now);
    List<LossReading.Line> lost = read.lines().stream().filter(LossReading.Line::isLost).toList();
    List<BatchLoss> times =
        lost.stream()
            .map(line -> BatchLoss.of(line.loss(), read.clock(), now, scan.askedAt(), null))
            .toList();
    return new MinerLosses(
        scan.miner(),
        scan.askedAt(),
        read.counts(),
        lost.stream().filter(line -> !line.loss().outlook().inTime()).count(),
        times.stream()
            .map(BatchLoss::wholeBy)
            .filter(Objects::nonNull)
            .min(Long::compare)
            .orElse(null),
        times.stream()
            .map(BatchLoss::lastChance)
            .filter(chance -> chance >= now)
            .min(Long::compare)
            .orElse(null));
  }
}
