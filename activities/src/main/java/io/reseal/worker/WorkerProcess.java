package io.reseal.worker;

import com.uber.m3.tally.NoopScope;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogSettings;
import io.reseal.config.Flavour;
import io.reseal.config.Installation;
import io.reseal.config.Sdr;
import io.reseal.config.WorkerConfig;
import io.reseal.control.BatchActivitiesImpl;
import io.reseal.control.BatchNotifier;
import io.reseal.control.ControlActivitiesImpl;
import io.reseal.control.Reconciliation;
import io.reseal.control.SeedSearch;
import io.reseal.core.ChosenCore;
import io.reseal.core.CoreException;
import io.reseal.core.HostGpus;
import io.reseal.core.NativeCore;
import io.reseal.core.StageProgram;
import io.reseal.files.Stores;
import io.reseal.gpu.AllowedGpus;
import io.reseal.gpu.GpuStages;
import io.reseal.labelling.Labelling;
import io.reseal.metrics.HostMetrics;
import io.reseal.metrics.WorkerMetrics;
import io.reseal.pieces.CoreVerifier;
import io.reseal.pieces.HostPieces;
import io.reseal.pieces.PieceSources;
import io.reseal.plan.Step;
import io.reseal.steps.HostActivities;
import io.reseal.steps.HostParts;
import io.reseal.temporal.TemporalConnection;
import io.reseal.threads.SealingThreads;
import io.temporal.worker.WorkerFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One sealing host's worker: builds everything it is made of, and takes it down again. */
public final class WorkerProcess implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(WorkerProcess.class);

  /** How often hot files, marks that have rested, and a drain are looked at. */
  private static final Duration WATCH = Duration.ofSeconds(1);

  /** How long running activities may take to report that they were stopped. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(8);

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  private WorkerProcess() {}

  /** Starts the worker; on return it takes work. */
  public static WorkerProcess start(WorkerConfig config, Installation installation)
      throws IOException, CoreException {
    WorkerProcess process = new WorkerProcess();
    try {
      process.build(config, installation);
      return process;
    } catch (IOException | CoreException | RuntimeException | Error e) {
      process.close();
      throw e;
    }
  }

  /** Waits until the worker has been closed, or has ended because it is drained. */
  public void awaitTermination() throws InterruptedException {
    closed.await();
  }

  /** Stops taking work, ends what runs (all of it resumable), and lets go of everything. */
  @Override
  public synchronized void close() {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        LOG.warn("A part of the worker did not stop cleanly", e);
      }
    }
    closed.countDown();
  }

  private void build(WorkerConfig config, Installation installation)
      throws IOException, CoreException {
    ChosenCore chosen = ChosenCore.choose(Optional.of(config.core()), System.getenv());
    chosen.sentences().forEach(LOG::info);
    NativeCore core = chosen.library();
    for (WorkerConfig.SealingThread thread : config.threads()) {
      parts.push(LocationLock.take(thread.location()));
    }
    Optional<WorkerMetrics> metrics = config.metrics().map(address -> new WorkerMetrics());
    metrics.ifPresent(parts::push);
    Catalog catalog = Catalog.open(CatalogSettings.of(installation));
    parts.push(catalog);
    TemporalConnection temporal =
        TemporalConnection.open(
            installation.temporal().address(),
            installation.temporal().namespace(),
            config.name(),
            metrics.map(WorkerMetrics::temporal).orElseGet(NoopScope::new),
            System.getenv());
    parts.push(temporal);
    ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2);
    parts.push(scheduler::shutdownNow);

    ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor();
    parts.push(watch::shutdownNow);

    WorkerFactory factory = WorkerFactory.newInstance(temporal.client());
    Flavour flavour = chosen.files().flavour();
    StageProgram program =
        new StageProgram(
            chosen.withoutGpu(),
            chosen.files().stageProgram(),
            config.core().settings(),
            config.processors(),
            AllowedGpus.withoutGpu(flavour, config.core().pc2()));
    AllowedGpus gpus =
        new AllowedGpus(config, flavour, chosen.gpus(), () -> HostGpus.ask(chosen.files()));
    TaskQueues queues = new TaskQueues(factory, config, gpus);
    HoldGate gate = new HoldGate(queues.holds());
    HostReport report = new HostReport(config.name(), chosen, gpus, catalog, scheduler);
    Optional<Labelling> labelling = labelling(config, program, scheduler, report);
    SealingThreads threads =
        new SealingThreads(
            config,
            new RunningRebuilds(temporal.client()),
            installation.timings().parkRetry(),
            InstantSource.system(),
            () -> {
              gate.adjust();
              labelling.ifPresent(Labelling::look);
              report.changed();
            });
    threads.restore();
    labelling.ifPresent(all -> all.expect(threads::toLabel));
    Drain drain =
        new Drain(threads, temporal.client(), () -> new Thread(this::close, "drained").start());
    Stores stores = Stores.of(config);
    HostPieces pieces =
        new HostPieces(
            config.pieces(),
            PieceSources.of(config, stores, catalog.sectors()::holding, System.getenv()),
            new CoreVerifier(program));
    parts.push(pieces);
    HostActivities host =
        new HostActivities(
            new HostParts(
                config.name(),
                threads,
                program,
                labelling,
                new GpuStages(gpus),
                pieces,
                stores,
                core),
            catalog,
            temporal.client(),
            scheduler,
            drain::begin);
    if (metrics.isPresent()) {
      metrics.get().add(new HostMetrics(chosen, core.describe(), gpus, threads));
      metrics.get().serve(config);
    }
    BatchNotifier batches = new BatchNotifier(catalog, temporal.client());
    queues.register(
        host,
        new ControlActivitiesImpl(
            catalog,
            core,
            installation.chain(),
            SeedSearch.of(installation.chain(), catalog),
            batches),
        new BatchActivitiesImpl(catalog, temporal.client()),
        new Reconciliation(catalog, temporal.client(), batches));
    parts.push(() -> stop(factory, host));
    factory.start();
    gate.begin(threads);
    report.begin(threads, labelling);
    var unused =
        watch.scheduleWithFixedDelay(
            () -> look(threads, labelling, gate, drain),
            0,
            WATCH.toMillis(),
            TimeUnit.MILLISECONDS);
    new ReconcileStart(temporal.client(), scheduler).begin();
    LOG.info("Sealing host {} takes work", config.name());
  }

  private static Optional<Labelling> labelling(
      WorkerConfig config,
      StageProgram program,
      ScheduledExecutorService scheduler,
      HostReport report) {
    return config.core().sdr() == Sdr.STOCK
        ? Optional.empty()
        : Optional.of(
            new Labelling(
                program,
                config.labelling(),
                config.processors().getOrDefault(Step.Resource.PC1, List.of()),
                config.slots(Step.Resource.PC1),
                Path.of("/"),
                scheduler,
                InstantSource.system(),
                report::changed));
  }

  private static void look(
      SealingThreads threads, Optional<Labelling> labelling, HoldGate gate, Drain drain) {
    try {
      threads.refresh();
      gate.adjust();
      labelling.ifPresent(Labelling::look);
      drain.look();
    } catch (RuntimeException e) {
      // An exception would end all looking.
      LOG.warn("The sealing threads could not be looked at", e);
    }
  }

  private static void stop(WorkerFactory factory, HostActivities host) {
    host.stopAll();
    factory.shutdown();
    factory.awaitTermination(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    if (!factory.isTerminated()) {
      factory.shutdownNow();
    }
  }
}
