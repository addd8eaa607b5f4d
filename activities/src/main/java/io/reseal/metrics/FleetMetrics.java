package io.reseal.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.reseal.catalog.BatchCounts;
import io.reseal.catalog.FleetState;
import io.reseal.catalog.FleetState.MinerLosses;
import io.reseal.catalog.FleetState.OpenBatch;
import io.reseal.catalog.FollowedCount;
import io.reseal.catalog.OpenRebuilds;
import io.reseal.contract.FailureType;
import io.reseal.contract.OnChain;
import io.reseal.losses.Verdict;
import io.reseal.sector.RebuildState;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * Losses, and sectors that were put back. They are facts of the catalog and not of a host, so every
 * worker has the same values: queries take the largest over the workers and never add them up.
 */
public final class FleetMetrics implements MultiCollector {

  private static final double MILLIS = 1000;

  private final Supplier<Optional<FleetState>> state;

  /**
   * Reads nothing yet.
   *
   * @param state what the catalog said last; empty before its first answer
   */
  public FleetMetrics(Supplier<Optional<FleetState>> state) {
    this.state = state;
  }

  @Override
  public MetricSnapshots collect() {
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    state.get().ifPresent(its -> add(all, its));
    return all.build();
  }

  private static void add(MetricSnapshots.Builder all, FleetState its) {
    all.metricSnapshot(
        gauge("reseal_fleet_read_timestamp_seconds", "When these metrics were read.")
            .dataPoint(point(Labels.EMPTY, its.readAt() / MILLIS))
            .build());
    GaugeSnapshot.Builder sectors =
        gauge("reseal_fleet_sectors", "A miner's sectors by what the newest scan says of them.");
    for (MinerLosses miner : its.losses()) {
      for (Verdict verdict : Verdict.values()) {
        sectors.dataPoint(
            point(
                of(miner.miner()).add("verdict", name(verdict)),
                (double) miner.sectors().getOrDefault(verdict, 0L)));
      }
    }
    all.metricSnapshot(sectors.build());
    byMiner(
        all,
        its.losses(),
        "reseal_fleet_scan_timestamp_seconds",
        "When the chain was asked for the newest scan.",
        miner -> miner.scannedAt() / MILLIS);
    byMiner(
        all,
        its.losses(),
        "reseal_fleet_too_late_sectors",
        "Lost sectors that would not be proven before they end, even if repair began now.",
        miner -> (double) miner.tooLate());
    byMiner(
        all,
        its.losses(),
        "reseal_fleet_first_fault_timestamp_seconds",
        "Until when the first lost sector must be whole to stay without a fault.",
        miner -> miner.firstFault() == null ? null : miner.firstFault() / MILLIS);
    byMiner(
        all,
        its.losses(),
        "reseal_fleet_last_chance_timestamp_seconds",
        "The first of the last moments at which a declaration saves a lost sector.",
        miner -> miner.lastChance() == null ? null : miner.lastChance() / MILLIS);
    addRebuilds(all, its.rebuilds());
    addBatches(all, its.batches());
    addPutBack(all, its.putBack());
  }

  /** Each state with its number, so that a graph falls to zero. */
  private static void addRebuilds(MetricSnapshots.Builder all, List<OpenRebuilds> rebuilds) {
    GaugeSnapshot.Builder states =
        gauge("reseal_fleet_rebuilds", "Rebuilds that have not ended, by state.");
    Stream.of(RebuildState.values())
        .filter(state -> !state.isEnd())
        .forEach(
            state ->
                states.dataPoint(
                    point(
                        Labels.of("state", state.toString()),
                        (double) sum(rebuilds, one -> one.state().equals(state.toString())))));
    all.metricSnapshot(states.build());
    GaugeSnapshot.Builder attention =
        gauge(
            "reseal_fleet_attention_rebuilds",
            "Rebuilds that wait for a person, by the failure that they wait because of.");
    rebuilds.stream()
        .map(FleetMetrics::failure)
        .flatMap(Optional::stream)
        .distinct()
        .forEach(
            failure ->
                attention.dataPoint(
                    point(
                        Labels.of("failure", failure),
                        (double) sum(rebuilds, one -> failure(one).equals(Optional.of(failure))))));
    all.metricSnapshot(attention.build());
    GaugeSnapshot.Builder oldest =
        gauge(
            "reseal_fleet_oldest_waiting_timestamp_seconds",
            "When the first of the rebuilds was requested that wait for a sealing thread.");
    rebuilds.stream()
        .filter(one -> one.failure() == null && one.state().equals(RebuildState.EMPTY.toString()))
        .mapToLong(OpenRebuilds::oldest)
        .min()
        .ifPresent(at -> oldest.dataPoint(point(Labels.EMPTY, at / MILLIS)));
    all.metricSnapshot(oldest.build());
  }

  private static void addBatches(MetricSnapshots.Builder all, List<OpenBatch> batches) {
    GaugeSnapshot.Builder sectors =
        gauge("reseal_fleet_batch_sectors", "Sectors of each batch that is under way.");
    GaugeSnapshot.Builder left =
        gauge(
            "reseal_fleet_batch_remaining_seconds",
            "How long each batch still takes, at the rate of its last sectors.");
    for (OpenBatch batch : batches) {
      BatchCounts counts = batch.counts();
      Labels name = Labels.of("batch", counts.batch());
      Map.of(
              "finished", counts.finished(),
              "dropped", counts.dropped(),
              "parked", counts.parked(),
              "running", counts.running(),
              "queued", counts.queued())
          .forEach(
              (status, count) ->
                  sectors.dataPoint(point(name.add("status", status), (double) count)));
      if (batch.secondsLeft() != null) {
        left.dataPoint(point(name, (double) batch.secondsLeft()));
      }
    }
    all.metricSnapshot(sectors.build());
    all.metricSnapshot(left.build());
  }

  private static long sum(List<OpenRebuilds> rebuilds, Predicate<OpenRebuilds> which) {
    return rebuilds.stream().filter(which).mapToLong(OpenRebuilds::rebuilds).sum();
  }

  /** Reasons of no failure type, such as an operator's, are one label. */
  private static Optional<String> failure(OpenRebuilds rebuilds) {
    return Optional.ofNullable(rebuilds.failure())
        .map(code -> FailureType.find(code).map(FailureType::code).orElse("other"));
  }

  private static void addPutBack(MetricSnapshots.Builder all, List<FollowedCount> putBack) {
    byStatus(
        all,
        putBack,
        "reseal_fleet_put_back_sectors",
        "Sectors that were put back, by what they are on chain.",
        FollowedCount::sectors);
    byStatus(
        all,
        putBack,
        "reseal_fleet_put_back_attention_sectors",
        "Sectors that were put back and will not be proven unless a person acts.",
        FollowedCount::attention);
    byStatus(
        all,
        putBack,
        "reseal_fleet_put_back_overdue_sectors",
        "Sectors that were put back and are faulty after their first window.",
        FollowedCount::overdue);
  }

  private static void byMiner(
      MetricSnapshots.Builder all,
      List<MinerLosses> losses,
      String name,
      String help,
      Function<MinerLosses, Double> value) {
    GaugeSnapshot.Builder gauge = gauge(name, help);
    for (MinerLosses miner : losses) {
      Double its = value.apply(miner);
      if (its != null) {
        gauge.dataPoint(point(of(miner.miner()), its));
      }
    }
    all.metricSnapshot(gauge.build());
  }

  /** With zeros, so that an alert ends and does not merely lose its data. */
  private static void byStatus(
      MetricSnapshots.Builder all,
      List<FollowedCount> putBack,
      String name,
      String help,
      ToLongFunction<FollowedCount> value) {
    GaugeSnapshot.Builder gauge = gauge(name, help);
    putBack.stream()
        .mapToLong(FollowedCount::miner)
        .distinct()
        .forEach(
            miner -> {
              for (OnChain.Status status : OnChain.Status.values()) {
                gauge.dataPoint(
                    point(
                        of(miner).add("status", status.word()),
                        (double)
                            putBack.stream()
                                .filter(each -> each.miner() == miner && each.status() == status)
                                .mapToLong(value)
                                .sum()));
              }
            });
    all.metricSnapshot(gauge.build());
  }

  private static String name(Verdict verdict) {
    return verdict.name().toLowerCase(Locale.ROOT);
  }

  private static Labels of(long miner) {
    return Labels.of("miner", "f0" + miner);
  }

  private static GaugeSnapshot.Builder gauge(String name, String help) {
    return GaugeSnapshot.builder().name(name).help(help);
  }

  private static GaugeDataPointSnapshot point(Labels labels, double value) {
    return GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
  }
}
