package io.reseal.worker;

import io.reseal.batch.BatchWorkflowImpl;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogSettings;
import io.reseal.config.Installation;
import io.reseal.config.WorkerConfig;
import io.reseal.contract.Names;
import io.reseal.control.BatchActivitiesImpl;
import io.reseal.control.BatchTeller;
import io.reseal.control.ControlActivitiesImpl;
import io.reseal.control.Reconciliation;
import io.reseal.core.CoreFiles;
import io.reseal.core.NativeCore;
import io.reseal.core.StageProgram;
import io.reseal.files.Store;
import io.reseal.files.Stores;
import io.reseal.pieces.LocalPieces;
import io.reseal.plan.Step;
import io.reseal.rebuild.RebuildWorkflowImpl;
import io.reseal.reconcile.ReconcileWorkflowImpl;
import io.reseal.sealing.HostActivities;
import io.reseal.temporal.TemporalConnection;
import io.reseal.threads.SealingThreads;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One sealing host's worker: builds everything it is made of, and takes it down again. */
public final class WorkerProcess implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(WorkerProcess.class);

  /** Cancellation travels on heartbeats: this is how late it may come. */
  private static final Duration HEARTBEAT_THROTTLE = Duration.ofSeconds(1);

  /** How long running activities may take to report that they were stopped. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(8);

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  private WorkerProcess() {}

  /** Starts the worker; on return it takes work. */
  public static WorkerProcess start(WorkerConfig config, Installation installation)
      throws IOException {
    WorkerProcess process = new WorkerProcess();
    try {
      process.build(config, installation);
      return process;
    } catch (IOException | RuntimeException | Error e) {
      process.close();
      throw e;
    }
  }

  /** Waits until the worker has been closed. */
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

  private void build(WorkerConfig config, Installation installation) throws IOException {
    CoreFiles coreFiles = CoreFiles.find(config.core().dir(), System.getenv());
    NativeCore core = NativeCore.load(coreFiles);
    for (WorkerConfig.SealingThread thread : config.threads()) {
      parts.push(LocationLock.take(thread.location()));
    }
    Catalog catalog = Catalog.open(CatalogSettings.of(installation));
    parts.push(catalog);
    TemporalConnection temporal =
        TemporalConnection.open(
            installation.temporal().address(),
            installation.temporal().namespace(),
            config.name(),
            System.getenv());
    parts.push(temporal);
    ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2);
    parts.push(scheduler::shutdownNow);

    HostReport report = new HostReport(config.name(), catalog.threads(), scheduler);
    SealingThreads threads =
        new SealingThreads(config, new RunningRebuilds(temporal.client()), report::changed);
    threads.restore();
    HostActivities host =
        new HostActivities(
            config.name(),
            threads,
            new StageProgram(coreFiles.stageProgram(), proofsSettings(config)),
            new LocalPieces(config.localPiecesDirs()),
            new Stores(
                config.attached().stream()
                    .map(store -> new Store(store.name(), store.location(), store.readonly()))
                    .toList()),
            catalog.runs(),
            temporal.client(),
            scheduler);
    WorkerFactory factory = WorkerFactory.newInstance(temporal.client());
    BatchTeller batches = new BatchTeller(catalog, temporal.client());
    registerControl(
        factory,
        new ControlActivitiesImpl(catalog, core, batches),
        new BatchActivitiesImpl(catalog, temporal.client()),
        new Reconciliation(catalog, temporal.client(), batches));
    registerHost(factory, config, threads, host);
    parts.push(() -> stop(factory, host));
    factory.start();
    report.begin(threads);
    new ReconcileStart(temporal.client(), scheduler).begin();
    LOG.info("Sealing host {} takes work", config.name());
  }

  private static void registerControl(WorkerFactory factory, Object... activities) {
    Worker worker =
        factory.newWorker(
            Names.CONTROL_QUEUE,
            WorkerOptions.newBuilder()
                .setMaxConcurrentActivityTaskPollers(2)
                .setMaxConcurrentWorkflowTaskPollers(2)
                .build());
    worker.registerWorkflowImplementationTypes(
        RebuildWorkflowImpl.class, BatchWorkflowImpl.class, ReconcileWorkflowImpl.class);
    worker.registerActivitiesImplementations(activities);
  }

  private static void registerHost(
      WorkerFactory factory, WorkerConfig config, SealingThreads threads, HostActivities host) {
    if (threads.capacity() > 0) {
      factory
          .newWorker(Names.HOLD_QUEUE, activitiesOnly(threads.capacity()))
          .registerActivitiesImplementations(host.holds());
    }
    for (Step.Resource resource : Step.Resource.values()) {
      if (resource != Step.Resource.NONE) {
        factory
            .newWorker(
                Names.hostQueue(config.name(), resource), activitiesOnly(slots(config, resource)))
            .registerActivitiesImplementations(host.steps());
      }
    }
  }

  /** Threads are given back on the IO queue, which copies must never fill up. */
  private static int slots(WorkerConfig config, Step.Resource resource) {
    return resource == Step.Resource.IO ? 2 * config.threads().size() + 2 : config.slots(resource);
  }

  private static WorkerOptions activitiesOnly(int slots) {
    return WorkerOptions.newBuilder()
        .setMaxConcurrentActivityExecutionSize(slots)
        .setMaxConcurrentActivityTaskPollers(1)
        .setMaxHeartbeatThrottleInterval(HEARTBEAT_THROTTLE)
        .setDefaultHeartbeatThrottleInterval(HEARTBEAT_THROTTLE)
        .setDisableEagerExecution(true)
        .build();
  }

  private static Map<String, String> proofsSettings(WorkerConfig config) {
    Map<String, String> settings = new HashMap<>();
    config
        .core()
        .parentCache()
        .ifPresent(dir -> settings.put("FIL_PROOFS_PARENT_CACHE", dir.toString()));
    config
        .core()
        .parameterCache()
        .ifPresent(dir -> settings.put("FIL_PROOFS_PARAMETER_CACHE", dir.toString()));
    return settings;
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
