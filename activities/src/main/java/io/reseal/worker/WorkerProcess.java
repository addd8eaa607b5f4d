package io.reseal.worker;

import com.uber.m3.tally.NoopScope;
import io.reseal.appraisal.LossReader;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogSettings;
import io.reseal.checks.LeftInStores;
import io.reseal.checks.RepairLookActivitiesImpl;
import io.reseal.checks.RoomOnHost;
import io.reseal.checks.StoreLookActivitiesImpl;
import io.reseal.config.Installation;
import io.reseal.config.Sdr;
import io.reseal.config.WorkerConfig;
import io.reseal.core.ChosenCore;
import io.reseal.core.CoreException;
import io.reseal.files.FileWork;
import io.reseal.files.OsError;
import io.reseal.follow.DeclareActivitiesImpl;
import io.reseal.labelling.LabelSpeeds;
import io.reseal.labelling.Labelling;
import io.reseal.labelling.ProcessorFaults;
import io.reseal.labelling.StageMeter;
import io.reseal.metrics.FleetMetrics;
import io.reseal.metrics.HostMetrics;
import io.reseal.metrics.WorkerMetrics;
import io.reseal.steps.Survey;
import io.reseal.systemd.ServiceManager;
import io.reseal.temporal.NamespaceOwner;
import io.reseal.temporal.TemporalConnection;
import io.temporal.client.WorkflowClient;
import io.temporal.common.interceptors.WorkerInterceptor;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One sealing host's worker: starts its services and queues, and stops them again. */
public final class WorkerProcess implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(WorkerProcess.class);

  /** How often files that may be edited, expired marks, and a drain are checked. */
  private static final Duration WATCH = Duration.ofSeconds(1);

  /** How often stores are looked at. */
  private static final Duration STORE_WATCH = Duration.ofSeconds(10);

  /** How often interrupted exchanges in stores are looked for. */
  private static final Duration SWEEP = Duration.ofMinutes(1);

  /** How often the catalog is asked for what metrics show of it. */
  private static final Duration COUNTED = Duration.ofSeconds(30);

  /** How often the lease of the host's name is renewed. */
  private static final Duration NAME = Duration.ofSeconds(5);

  /** How often Temporal is asked about threads whose holds have not come back. */
  private static final Duration LEFT = Duration.ofSeconds(5);

  /** How long a thread's location may take to answer while the worker starts. */
  private static final Duration LOCATION_LIMIT = Duration.ofSeconds(5);

  /** How long running activities may take to report that they were stopped. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(8);

  private final ServiceManager manager = ServiceManager.of(System.getenv());
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

  /** Waits until the worker has been closed, or has ended after a drain. */
  public void awaitTermination() throws InterruptedException {
    closed.await();
  }

  /** Stops taking work, ends what runs (all of it resumable), and releases everything. */
  @Override
  public synchronized void close() {
    if (!parts.isEmpty()) {
      manager.stopping();
    }
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        LOG.warn("A part of the worker did not stop cleanly", e);
      }
    }
    closed.countDown();
  }

  /** Measures what the host's file leaves open, if that was not done before and matters here. */
  private static WorkerConfig decided(WorkerConfig config, ChosenCore core) {
    if (config.core().sdr() == Sdr.STOCK) {
      return config;
    }
    LabelSpeeds.Meter meter = new StageMeter(SealingHost.program(config, core));
    WorkerConfig decided =
        LabelSpeeds.of(
                config,
                System.getenv(),
                Path.of("/"),
                (cpus, sectors) -> {
                  LOG.info(
                      "measuring how fast this host labels: {} sectors on each of CPUs {}; the"
                          + " result is remembered",
                      sectors,
                      cpus);
                  return meter.nanos(cpus, sectors);
                })
            .decideIfPossible(config);
    LOG.info(
        "labelling: up to {} sectors on a core, on {}",
        decided.labelling().sectorsOnACore(),
        decided.labelling().onEachCpu() ? "each of its CPUs" : "one of its CPUs");
    return decided;
  }

  private void build(WorkerConfig given, Installation installation)
      throws IOException, CoreException {
    ChosenCore core = ChosenCore.choose(Optional.of(given.core()), System.getenv());
    core.sentences().forEach(LOG::info);
    WorkerConfig config = decided(given, core);
    new ProcessorFaults(Path.of("/"))
        .of(config)
        .forEach(fault -> LOG.warn("{}: {}", fault.entry(), fault.text()));
    LocationLocks locks = new LocationLocks();
    parts.push(locks);
    takeLocations(config, locks);
    Optional<WorkerMetrics> metrics = config.metrics().map(address -> new WorkerMetrics());
    metrics.ifPresent(parts::push);
    HostServices services = services(config, installation, metrics);
    metrics.ifPresent(its -> its.add(services.catalog()));
    NamespaceOwner namespace = new NamespaceOwner(services.temporal().client());
    String catalog = services.catalog().identity().get();
    namespace.require(catalog);
    NameLease name =
        NameLease.take(services.catalog().workerLeases(), ThisProcess.lease(config.name()));
    parts.push(name);
    ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor();
    parts.push(watch::shutdownNow);
    SealingHost host =
        SealingHost.build(
            config, core, services, locks, () -> new Thread(this::close, "drained").start());
    parts.push(host.pieces());
    if (metrics.isPresent()) {
      DamagedCopies damaged =
          new DamagedCopies(services.catalog().copies(), host.allStores(), config.name());
      metrics
          .get()
          .add(
              new HostMetrics(
                  core,
                  core.library().describe(),
                  host.gpus(),
                  host.threads(),
                  host.stores()::statuses,
                  damaged::counts));
      FleetWatch fleet =
          new FleetWatch(
              config.name(),
              services.catalog(),
              new LossReader(services.catalog(), installation.miners()),
              InstantSource.system());
      metrics.get().add(new FleetMetrics(fleet::state));
      metrics.get().serve(config);
      var unusedFleet =
          services
              .errands()
              .scheduleWithFixedDelay(fleet::look, 0, COUNTED.toMillis(), TimeUnit.MILLISECONDS);
      var unusedCount =
          services
              .errands()
              .scheduleWithFixedDelay(damaged::look, 0, COUNTED.toMillis(), TimeUnit.MILLISECONDS);
    }
    lookAtStores(host);
    HostReport report = new HostReport(config, core, host, services);
    HoldGate gate = takeWork(config, core, services, host, metrics.map(WorkerMetrics::steps));
    host.events().onThreads(gate::adjust);
    host.events().onThreads(report::changed);
    host.events().onLabelling(report::changed);
    gate.adjust();
    report.start();
    ScratchReport scratch =
        new ScratchReport(
            config.name(),
            host.threads().all(),
            new ScratchSurvey(
                config.name(),
                RebuildEvidence.of(config.name(), services.temporal(), services.catalog())),
            services.catalog());
    parts.push(scratch);
    scratch.start();
    var unused =
        watch.scheduleWithFixedDelay(
            () -> look(host, gate), 0, WATCH.toMillis(), TimeUnit.MILLISECONDS);
    var unusedLook =
        services
            .scheduler()
            .scheduleWithFixedDelay(
                host.stores()::look, 0, STORE_WATCH.toMillis(), TimeUnit.MILLISECONDS);
    var unusedLease =
        services
            .errands()
            .scheduleWithFixedDelay(
                () -> keepName(name), 0, NAME.toMillis(), TimeUnit.MILLISECONDS);
    var unusedCheck =
        services
            .errands()
            .scheduleWithFixedDelay(
                () -> freeLeft(host), 0, LEFT.toMillis(), TimeUnit.MILLISECONDS);
    var unusedSweep =
        services
            .scheduler()
            .scheduleWithFixedDelay(host.sweep()::look, 0, SWEEP.toMillis(), TimeUnit.MILLISECONDS);
    new ReconcileStart(namespace, catalog, services.errands()).begin();
    new TourSchedules(config, services.catalog().stores(), services.temporal().schedules())
        .keep(services.errands());
    LOG.info("Sealing host {} takes work", config.name());
    manager.ready();
  }

  /** Refuses to start beside another worker; a location whose disk is away is taken later. */
  private static void takeLocations(WorkerConfig config, LocationLocks locks)
      throws LocationTakenException {
    for (WorkerConfig.SealingThread thread : config.threads()) {
      try {
        FileWork.within(
            LOCATION_LIMIT,
            thread.location(),
            () -> {
              locks.secure(thread.location());
              return null;
            });
      } catch (LocationTakenException e) {
        throw e;
      } catch (IOException e) {
        LOG.warn(
            "The location of sealing thread #{} cannot be used yet: {}",
            thread.index(),
            OsError.sentence(e));
      }
    }
  }

  /** A store whose identity is not known is not used, so the first look comes before any work. */
  private static void lookAtStores(SealingHost host) throws IOException {
    try {
      host.stores().begin(STORE_WATCH);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("The worker was stopped while it was starting.", e);
    }
  }

  private HostServices services(
      WorkerConfig config, Installation installation, Optional<WorkerMetrics> metrics) {
    CatalogSettings settings = CatalogSettings.of(installation);
    settings.plaintextWarning().ifPresent(LOG::warn);
    Catalog catalog =
        new CatalogStart(manager, InstantSource.system())
            .connect(settings.shownUrl(), () -> Catalog.open(settings));
    parts.push(catalog);
    TemporalConnection temporal =
        TemporalConnection.open(
            installation.temporal(),
            config.name(),
            metrics.map(WorkerMetrics::temporal).orElseGet(NoopScope::new),
            System.getenv());
    parts.push(temporal);
    temporal.plaintextWarning().ifPresent(LOG::warn);
    ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2);
    parts.push(scheduler::shutdownNow);
    ScheduledExecutorService errands = Executors.newScheduledThreadPool(4);
    parts.push(errands::shutdownNow);
    ExecutorService storeLooks = Executors.newCachedThreadPool(WorkerProcess::daemon);
    parts.push(storeLooks::shutdownNow);
    return new HostServices(installation, catalog, temporal, scheduler, errands, storeLooks);
  }

  /** Serves the task queues; returns the gate for the queues where threads are asked for. */
  private HoldGate takeWork(
      WorkerConfig config,
      ChosenCore core,
      HostServices services,
      SealingHost host,
      Optional<WorkerInterceptor> measure) {
    WorkflowClient client = services.temporal().client();
    Catalog catalog = services.catalog();
    Installation installation = services.installation();
    WorkerFactory factory =
        WorkerFactory.newInstance(
            client,
            WorkerFactoryOptions.newBuilder()
                .setWorkerInterceptors(
                    Stream.concat(Stream.of(new LogFields(config.name())), measure.stream())
                        .toArray(WorkerInterceptor[]::new))
                .build());
    TaskQueues queues = new TaskQueues(factory, config, host.gpus()::slots);
    queues.register(
        host.activities().holds(),
        host.activities().steps(),
        host.activities().commands(),
        List.of(
            host.scrub(),
            new StoreLookActivitiesImpl(config.name(), host.allStores(), catalog),
            repairLook(config, core, host, catalog),
            new DeclareActivitiesImpl(
                catalog, host.allStores(), LOCATION_LIMIT, installation.miners())),
        ControlWork.of(services.installation(), catalog, services.temporal(), core.library()));
    parts.push(() -> stop(factory, host));
    factory.start();
    return new HoldGate(queues.holds(), host.threads()::wantsHolds);
  }

  private static RepairLookActivitiesImpl repairLook(
      WorkerConfig config, ChosenCore core, SealingHost host, Catalog catalog) {
    return new RepairLookActivitiesImpl(
        config.name(),
        catalog,
        new LeftInStores(
            core.library(), new Survey(host.allStores(), core.library()), catalog.roots()),
        new RoomOnHost(host.threads()::lackOfRoom, host.stores()::statuses),
        host.pieces()::has);
  }

  /** A thread that hangs in a store's file system must not keep the worker from ending. */
  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "store");
    thread.setDaemon(true);
    return thread;
  }

  /** A worker that was replaced while it was frozen or cut off ends. */
  private void keepName(NameLease name) {
    if (!name.renew()) {
      LOG.error("This worker ends; what it was doing can be continued");
      new Thread(this::close, "replaced").start();
    }
  }

  private static void freeLeft(SealingHost host) {
    try {
      host.threads().freeLeft();
    } catch (RuntimeException e) {
      // An exception would end the periodic check.
      LOG.warn("The check for threads that rebuilds have left failed", e);
    }
  }

  /**
   * The service manager hears from the worker after each of these looks, so its watchdog ends a
   * worker whose threads are locked for ever, or that is frozen. An outage of Temporal or of the
   * catalog does not keep a look from ending, and must not end what is being sealed.
   */
  private void look(SealingHost host, HoldGate gate) {
    try {
      host.threads().refresh();
      gate.adjust();
      host.labelling().ifPresent(Labelling::look);
      host.drain().look();
    } catch (RuntimeException e) {
      // An exception would end the periodic check.
      LOG.warn("The check of the sealing threads failed", e);
    }
    manager.status(StatusLine.of(host.threads()));
    manager.alive();
  }

  private static void stop(WorkerFactory factory, SealingHost host) {
    host.activities().stopAll();
    host.scrub().stopAll();
    factory.shutdown();
    factory.awaitTermination(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    if (!factory.isTerminated()) {
      factory.shutdownNow();
    }
  }
}
