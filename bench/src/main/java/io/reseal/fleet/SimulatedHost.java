package io.reseal.fleet;

import com.uber.m3.tally.Scope;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogException;
import io.reseal.catalog.CatalogSettings;
import io.reseal.catalog.HostRow;
import io.reseal.catalog.StoreRow;
import io.reseal.catalog.ThreadRow;
import io.reseal.catalog.WorkerLease;
import io.reseal.config.Installation;
import io.reseal.config.WorkerConfig;
import io.reseal.core.NativeCore;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;
import io.reseal.temporal.TemporalConnection;
import io.reseal.worker.ControlWork;
import io.reseal.worker.HoldGate;
import io.reseal.worker.TaskQueues;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A host of a simulated fleet: the workflows, the task queues, the work on the catalog and the
 * reports of a real worker, with connections of its own to Temporal and to MariaDB. Only its steps
 * are simulated, and it has no files but its own configuration.
 */
final class SimulatedHost implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SimulatedHost.class);

  /** As a real worker. */
  private static final long REPORT_SECONDS = 5;

  private static final long STOP_SECONDS = 8;

  private final WorkerConfig config;
  private final Installation installation;
  private final NativeCore core;
  private final Pace pace;
  private final Scope metrics;
  private final ScheduledExecutorService scheduler;
  private final List<AutoCloseable> parts = new ArrayList<>();
  private final List<SectorId> held = new ArrayList<>();
  private SimulatedThreads threads;

  /**
   * @param dir where its configuration is written
   * @param scheduler for the heartbeats and reports of all hosts
   */
  SimulatedHost(
      String name,
      int threads,
      Path dir,
      Installation installation,
      NativeCore core,
      Pace pace,
      Scope metrics,
      ScheduledExecutorService scheduler)
      throws IOException {
    this.config = configuration(name, threads, dir);
    this.installation = installation;
    this.core = core;
    this.pace = pace;
    this.metrics = metrics;
    this.scheduler = scheduler;
    for (int thread = 0; thread < threads; thread++) {
      held.add(null);
    }
  }

  private static WorkerConfig configuration(String name, int threads, Path dir) throws IOException {
    StringBuilder text =
        new StringBuilder(
            "[worker]\nname = \"%s\"\n\n[[attached]]\nname = \"simulated\"\nlocation = \"%s\"\n"
                .formatted(name, dir.resolve(name + "-store")));
    for (int thread = 0; thread < threads; thread++) {
      text.append(
          "\n[[sealing_thread]]\nlocation = \"%s\"\nplan = \"rebuild\"\n"
              .formatted(dir.resolve(name + "-" + thread)));
    }
    Path file = dir.resolve(name + ".toml");
    Files.writeString(file, text);
    return WorkerConfig.load(file);
  }

  /** Takes work. */
  void start() {
    Catalog catalog = keep(Catalog.open(CatalogSettings.of(installation)));
    TemporalConnection temporal =
        keep(TemporalConnection.open(installation.temporal(), config.name(), metrics, Map.of()));
    WorkerFactory factory =
        WorkerFactory.newInstance(temporal.client(), WorkerFactoryOptions.newBuilder().build());
    TaskQueues queues = new TaskQueues(factory, config, stage -> OptionalInt.empty());
    HoldGate[] gate = new HoldGate[1];
    threads =
        new SimulatedThreads(
            config.name(), held, temporal.client(), scheduler, () -> gate[0].adjust());
    gate[0] = new HoldGate(queues.holds(), () -> threads.wantsHolds());
    SimulatedSteps steps = new SimulatedSteps(config.name(), pace, threads, scheduler);
    queues.register(
        threads,
        steps,
        command -> "A simulated host carries out no commands.",
        List.of(new NothingInStores()),
        ControlWork.of(installation, catalog, temporal, core));
    WorkerLease lease =
        new WorkerLease(config.name(), config.name(), "simulated", "simulated", 0, Instant.now());
    Future<?> reports =
        scheduler.scheduleAtFixedRate(
            () -> report(catalog, lease), 0, REPORT_SECONDS, TimeUnit.SECONDS);
    keep(() -> stop(factory, steps));
    keep(() -> reports.cancel(false));
    factory.start();
  }

  /** How many of its threads are held by a rebuild's hold. */
  int held() {
    return threads.running();
  }

  private <T extends AutoCloseable> T keep(T part) {
    parts.add(0, part);
    return part;
  }

  private void stop(WorkerFactory factory, SimulatedSteps steps) {
    threads.stop();
    steps.stop();
    factory.shutdown();
    factory.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
    factory.shutdownNow();
    List<SectorId> now = threads.sectors();
    for (int thread = 0; thread < now.size(); thread++) {
      held.set(thread, now.get(thread));
    }
  }

  /** What a real worker reports, as often. */
  private void report(Catalog catalog, WorkerLease lease) {
    try {
      Instant now = Instant.now();
      catalog
          .hosts()
          .report(new HostRow(config.name(), "simulated", "simulated", null, false, now));
      catalog.threads().report(config.name(), rows(threads.sectors(), now));
      catalog
          .stores()
          .report(
              List.of(
                  new StoreRow(
                      config.name(),
                      "simulated",
                      "/simulated",
                      null,
                      false,
                      false,
                      null,
                      0,
                      0,
                      now)));
      var unused = catalog.workerLeases().take(lease, held -> true);
    } catch (CatalogException e) {
      LOG.warn("{} could not report: {}", config.name(), e.getMessage());
    }
  }

  private List<ThreadRow> rows(List<SectorId> sectors, Instant now) {
    List<ThreadRow> rows = new ArrayList<>();
    for (int index = 0; index < sectors.size(); index++) {
      rows.add(
          new ThreadRow(
              config.name(),
              index,
              "/simulated/" + index,
              "rebuild",
              sectors.get(index),
              false,
              null,
              false,
              RebuildState.EMPTY.toString(),
              null,
              null,
              null,
              now));
    }
    return rows;
  }

  /** Stops as a real worker does; what its threads hold stays theirs. */
  @Override
  public void close() {
    for (AutoCloseable part : parts) {
      try {
        part.close();
      } catch (Exception e) {
        LOG.warn("A part of {} did not stop cleanly", config.name(), e);
      }
    }
    parts.clear();
  }
}
