package io.reseal.metrics;

import com.fasterxml.jackson.databind.JsonNode;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.reseal.config.Flavour;
import io.reseal.core.ChosenCore;
import io.reseal.files.StoreStatus;
import io.reseal.gpu.AllowedGpus;
import io.reseal.gpu.GpuState;
import io.reseal.sector.RebuildState;
import io.reseal.threads.SealingThread;
import io.reseal.threads.SealingThreads;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** A host's core, GPUs and sealing threads, as they are when the metrics are read. */
public final class HostMetrics implements MultiCollector {

  private final ChosenCore core;
  private final JsonNode described;
  private final AllowedGpus gpus;
  private final SealingThreads threads;
  private final Supplier<List<StoreStatus>> stores;
  private final Supplier<Optional<Map<String, Long>>> damaged;

  /**
   * Reads nothing yet.
   *
   * @param described the core's description of itself
   * @param stores what the last look at each store found
   * @param damaged how many copies in each store are known to be damaged or lost; empty if that is
   *     not known yet
   */
  public HostMetrics(
      ChosenCore core,
      JsonNode described,
      AllowedGpus gpus,
      SealingThreads threads,
      Supplier<List<StoreStatus>> stores,
      Supplier<Optional<Map<String, Long>>> damaged) {
    this.stores = stores;
    this.damaged = damaged;
    this.core = core;
    this.described = described;
    this.gpus = gpus;
    this.threads = threads;
  }

  @Override
  public MetricSnapshots collect() {
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    all.metricSnapshot(versions());
    all.metricSnapshot(flavours());
    addGpus(all);
    all.metricSnapshot(faults());
    all.metricSnapshot(states());
    all.metricSnapshot(
        count(
            "reseal_sealing_threads_paused",
            "Sealing threads that an operator paused.",
            thread -> thread.paused().isPresent()));
    all.metricSnapshot(
        count(
            "reseal_sealing_threads_marked",
            "Sealing threads that are marked because of a fault of the host.",
            thread -> thread.faulted().isPresent()));
    addStores(all);
    return all.build();
  }

  private void addStores(MetricSnapshots.Builder all) {
    GaugeSnapshot.Builder usable = gauge("reseal_store_usable", "1 for a store that can be used.");
    GaugeSnapshot.Builder free = gauge("reseal_store_free_bytes", "Room in a store.");
    GaugeSnapshot.Builder incoming =
        gauge(
            "reseal_store_incoming_bytes",
            "Copies in a store that are under way or were interrupted.");
    GaugeSnapshot.Builder copies =
        gauge(
            "reseal_store_damaged_copies",
            "Copies in a store that checks found damaged or lost, and no later one found right.");
    Optional<Map<String, Long>> known = damaged.get();
    for (StoreStatus store : stores.get()) {
      Labels labels = Labels.of("store", store.name());
      usable.dataPoint(point(labels, store.fault() == null ? 1 : 0));
      free.dataPoint(point(labels, (double) store.freeBytes()));
      incoming.dataPoint(point(labels, (double) store.incomingBytes()));
      known.ifPresent(
          counts ->
              copies.dataPoint(point(labels, (double) counts.getOrDefault(store.name(), 0L))));
    }
    all.metricSnapshot(usable.build());
    all.metricSnapshot(free.build());
    all.metricSnapshot(incoming.build());
    all.metricSnapshot(copies.build());
  }

  private MetricSnapshot versions() {
    Labels labels =
        Labels.of(
            "flavour", core.files().flavour().toString(),
            "version", described.path("version").asText(),
            "proofs", described.path("proofs").asText());
    return InfoSnapshot.builder()
        .name("reseal_core")
        .help("The native core: its flavour, its version, that of the proofs library.")
        .dataPoint(InfoDataPointSnapshot.builder().labels(labels).build())
        .build();
  }

  private MetricSnapshot flavours() {
    GaugeSnapshot.Builder gauge =
        gauge("reseal_core_flavour", "1 for the flavour of the core that runs, 0 with why not.");
    for (Flavour flavour : Flavour.values()) {
      String why = core.others().get(flavour);
      gauge.dataPoint(
          point(
              Labels.of("flavour", flavour.toString(), "why", why == null ? "" : why),
              flavour == core.files().flavour() ? 1 : 0));
    }
    return gauge.build();
  }

  private void addGpus(MetricSnapshots.Builder all) {
    InfoSnapshot.Builder about = InfoSnapshot.builder().name("reseal_gpu").help("The host's GPUs.");
    GaugeSnapshot.Builder memory = gauge("reseal_gpu_memory_bytes", "A GPU's memory.");
    GaugeSnapshot.Builder states = gauge("reseal_gpu_state", "1 for the state that a GPU is in.");
    for (GpuState gpu : gpus.states()) {
      Labels labels = labels(gpu.index(), gpu.uuid(), gpu.name());
      about.dataPoint(
          InfoDataPointSnapshot.builder()
              .labels(
                  labels
                      .add("driver", text(gpu.driver()))
                      .add("compute", text(gpu.compute()))
                      .add("pci", text(gpu.pci())))
              .build());
      memory.dataPoint(point(labels, (double) gpu.memory()));
      for (GpuState.State state : GpuState.State.values()) {
        states.dataPoint(
            point(labels.add("state", state.toString()), gpu.state() == state ? 1 : 0));
      }
    }
    all.metricSnapshot(about.build());
    all.metricSnapshot(memory.build());
    all.metricSnapshot(states.build());
  }

  private MetricSnapshot faults() {
    CounterSnapshot.Builder counter =
        CounterSnapshot.builder()
            .name("reseal_gpu_faults")
            .help("Stages that failed on a GPU, which was then taken out of service.");
    gpus.faults()
        .forEach(
            (on, count) ->
                counter.dataPoint(
                    CounterDataPointSnapshot.builder()
                        .labels(
                            labels(on.gpu().index(), on.gpu().uuid(), on.gpu().name())
                                .add("stage", on.stage().key()))
                        .value((double) count)
                        .build()));
    return counter.build();
  }

  private MetricSnapshot states() {
    GaugeSnapshot.Builder gauge =
        gauge("reseal_sealing_threads", "Sealing threads by the state of what they hold.");
    for (RebuildState state : RebuildState.values()) {
      gauge.dataPoint(
          point(Labels.of("state", state.toString()), matching(thread -> thread.state() == state)));
    }
    return gauge.build();
  }

  private MetricSnapshot count(String name, String help, Predicate<SealingThread> which) {
    return gauge(name, help).dataPoint(point(Labels.EMPTY, matching(which))).build();
  }

  private double matching(Predicate<SealingThread> which) {
    return (double) threads.all().stream().filter(which).count();
  }

  private static GaugeSnapshot.Builder gauge(String name, String help) {
    return GaugeSnapshot.builder().name(name).help(help);
  }

  private static GaugeDataPointSnapshot point(Labels labels, double value) {
    return GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
  }

  private static Labels labels(int index, String uuid, String name) {
    return Labels.of("index", Integer.toString(index), "uuid", uuid, "name", name);
  }

  private static String text(String value) {
    return value == null ? "" : value;
  }
}
