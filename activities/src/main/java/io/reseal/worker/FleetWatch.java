package io.reseal.worker;

import io.reseal.appraisal.LossReader;
import io.reseal.appraisal.LossReading;
import io.reseal.catalog.BatchCounts;
import io.reseal.catalog.BatchLoss;
import io.reseal.catalog.BatchRate;
import io.reseal.catalog.BatchRecord;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogException;
import io.reseal.catalog.FleetState;
import io.reseal.catalog.FleetState.MinerLosses;
import io.reseal.catalog.FleetState.OpenBatch;
import io.reseal.catalog.LossScanRow;
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

/**
 * The state of the fleet. One worker reads it and keeps it in the catalog for all of them: what
 * reading costs grows with the sectors, and must not grow with the hosts as well.
 */
final class FleetWatch {

  private static final Logger LOG = LoggerFactory.getLogger(FleetWatch.class);

  /** The worker that reads the state looks every half minute, and may need a while for it. */
  private static final Duration TAKEN_OVER = Duration.ofMinutes(2);

  /**
   * A scan is read as a whole, which takes seconds if the miner has very many sectors: again when
   * there is a newer one, and this often for what was put back and what time has changed.
   */
  private static final Duration READ_AGAIN = Duration.ofMinutes(10);

  private record Kept(long startedAt, long readAt, MinerLosses losses) {}

  private final String host;
  private final Catalog catalog;
  private final LossReader reader;
  private final InstantSource clock;
  private final Map<Long, Kept> kept = new HashMap<>();
  private volatile FleetState state;

  FleetWatch(String host, Catalog catalog, LossReader reader, InstantSource clock) {
    this.host = host;
    this.catalog = catalog;
    this.reader = reader;
    this.clock = clock;
  }

  /** Asks the catalog; while it is away, what it said last stays. */
  void look() {
    try {
      if (catalog.fleetState().claim(host, TAKEN_OVER)) {
        FleetState read = read(clock.millis());
        catalog.fleetState().put(host, read);
        state = read;
      } else {
        catalog.fleetState().find().ifPresent(read -> state = read);
      }
    } catch (CatalogException e) {
      LOG.debug("The catalog could not be asked for the state of the fleet", e);
    }
  }

  private FleetState read(long now) {
    List<MinerLosses> losses = new ArrayList<>();
    for (long miner : catalog.losses().miners()) {
      catalog.losses().latest(miner).ifPresent(scan -> losses.add(losses(scan, now)));
    }
    return new FleetState(
        now, losses, catalog.runs().countOpen(), batches(now), catalog.followed().counts());
  }

  /** Empty before the catalog's first answer. */
  Optional<FleetState> state() {
    return Optional.ofNullable(state);
  }

  private List<OpenBatch> batches(long now) {
    return catalog.batches().working().stream()
        .flatMap(
            batch ->
                catalog.batches().counts(batch.name()).stream()
                    .map(counts -> new OpenBatch(counts, secondsLeft(batch, counts, now))))
        .toList();
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
