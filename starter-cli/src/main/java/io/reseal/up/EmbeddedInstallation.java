package io.reseal.up;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogSettings;
import io.reseal.config.Installation;
import io.reseal.config.WorkerConfig;
import io.reseal.temporal.NamespaceSetup;
import io.reseal.temporal.TemporalConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * MariaDB, Temporal and a worker on this machine, started in this order and stopped in the reverse.
 * One that dies is started again once they are watched.
 */
public final class EmbeddedInstallation implements AutoCloseable, KeptService.Listener {

  private static final Duration RETENTION = Duration.ofDays(30);

  /**
   * One that ends is noticed at once, so this is only for one that hangs; on a machine that has
   * much else to do, a worker that was given too little time would be started again and again.
   */
  private static final Duration WORKER_LIMIT = Duration.ofMinutes(5);

  private final List<KeptService> services = new ArrayList<>();
  private final UpRequest request;
  private final Home home;
  private final Map<String, String> environment;
  private final Consumer<String> progress;
  private final ReentrantLock startOrStop = new ReentrantLock();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final CompletableFuture<Optional<UpException>> end = new CompletableFuture<>();
  private volatile boolean closed;

  /**
   * Starts nothing yet.
   *
   * @param environment where PATH and the cache directory are looked up
   * @param progress receives a line for each service that is started or stopped
   */
  public EmbeddedInstallation(
      UpRequest request, Map<String, String> environment, Consumer<String> progress) {
    this.request = request;
    this.home = new Home(request.home().toAbsolutePath().normalize());
    this.environment = Map.copyOf(environment);
    this.progress = progress;
  }

  /** Starts everything and returns when the worker has reported. */
  public void start() {
    startOrStop.lock();
    try {
      startServices();
    } catch (IOException e) {
      throw UpException.failed(
          "The installation in %s cannot be started: %s".formatted(home.directory(), e), e);
    } finally {
      startOrStop.unlock();
    }
  }

  private void startServices() throws IOException {
    HomeFiles files = new HomeFiles(home);
    if (!files.exist()) {
      request.ports().check();
      home.requireRoom();
    }
    Files.createDirectories(home.directory());
    keep(HomeLock.take(home.directory()));
    boolean first = !files.exist();
    if (first) {
      files.create(request);
    }
    Installation installation = files.load();
    Ports ports = files.ports(installation, request);
    WorkerConfig worker = WorkerConfig.load(home.workerFile());
    for (String service : List.of("worker", "temporal", "mariadb")) {
      ServiceProcess.endLeftover(home.logs().resolve(service + ".pid"));
    }
    ports.check();
    progress.accept((first ? "New installation in " : "Installation in ") + home.directory());

    CacheDirectory cache = CacheDirectory.of(environment);
    MariaDbProgram database = MariaDbProgram.unpacked(cache);
    services.add(keepRunning(() -> EmbeddedMariaDb.start(database, home, ports.mariadb())));
    Optional<Path> program = new TemporalProgram(environment, cache, progress).find();
    services.add(keepRunning(() -> temporal(program, ports)));
    setUp(installation);
    Instant before = Instant.now();
    EmbeddedWorker process = EmbeddedWorker.start(home, worker.name());
    services.add(keepRunning(process, () -> EmbeddedWorker.start(home, worker.name())));
    awaitReport(process, installation, worker.name(), before);
  }

  /** From now on, a service that dies is started again. */
  public void watch() {
    services.forEach(KeptService::watch);
  }

  private Service temporal(Optional<Path> program, Ports ports) {
    return program.isPresent()
        ? EmbeddedTemporal.start(program.get(), home, ports)
        : new InMemoryTemporal(ports.temporal());
  }

  private static void setUp(Installation installation) {
    try (TemporalConnection connection =
        TemporalConnection.open(
            installation.temporal().address(), installation.temporal().namespace(), Map.of())) {
      new NamespaceSetup(connection).run(RETENTION);
    }
  }

  /** A worker that reports its threads polls its queues. */
  private static void awaitReport(
      EmbeddedWorker worker, Installation installation, String host, Instant since) {
    long deadline = System.nanoTime() + WORKER_LIMIT.toNanos();
    try (Catalog catalog = Catalog.open(CatalogSettings.of(installation))) {
      while (catalog.threads().ofHost(host).stream()
          .noneMatch(thread -> thread.seenAt().isAfter(since))) {
        if (!worker.isAlive() || System.nanoTime() > deadline) {
          throw UpException.failed(
              "The worker did not start; %s ends with:\n%s"
                  .formatted(worker.logFile(), worker.lastWords()),
              null);
        }
        EmbeddedMariaDb.pause();
      }
    }
  }

  private KeptService keepRunning(KeptService.Start start) throws IOException {
    return keepRunning(start.start(), start);
  }

  private KeptService keepRunning(Service service, KeptService.Start start) {
    progress.accept("  %-9s %s".formatted(service.name(), service.where()));
    return keep(new KeptService(service, start, KeptService.Pace.USUAL, this));
  }

  /** Adds a part to those that are stopped in the end; stops it at once if that has begun. */
  private <T extends AutoCloseable> T keep(T part) {
    open.push(part);
    if (closed) {
      throw UpException.failed("Stopped while starting.", null);
    }
    return part;
  }

  @Override
  public void line(String text) {
    progress.accept(text);
  }

  @Override
  public void gaveUp(KeptService service, Throwable last) {
    var unused =
        end.complete(
            Optional.of(
                UpException.failed(
                    "%s ended again and again shortly after its start, so everything was stopped; its log is in %s. The last time: %s"
                        .formatted(service.name(), home.logs(), last.getMessage()),
                    last)));
  }

  /** Waits until it is closed; fails if a service cannot be kept running. */
  public void awaitEnd() {
    Optional<UpException> failure = end.join();
    if (!closed && failure.isPresent()) {
      throw failure.get();
    }
  }

  /** Stops what runs, the last started first. */
  @Override
  public void close() {
    closed = true;
    // A start in another thread notices this at its next step and gives up.
    startOrStop.lock();
    try {
      while (!open.isEmpty()) {
        AutoCloseable part = open.pop();
        if (part instanceof KeptService service) {
          progress.accept("Stopping " + service.name());
        }
        close(part);
      }
    } finally {
      startOrStop.unlock();
    }
    var unused = end.complete(Optional.empty());
  }

  private void close(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      progress.accept("Not stopped cleanly: " + e.getMessage());
    }
  }
}
