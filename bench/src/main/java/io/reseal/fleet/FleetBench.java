package io.reseal.fleet;

import com.uber.m3.tally.Scope;
import io.reseal.catalog.BatchRecord;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogSettings;
import io.reseal.config.Installation;
import io.reseal.core.ChosenCore;
import io.reseal.core.CoreException;
import io.reseal.record.Fact;
import io.reseal.record.Facts;
import io.reseal.record.SectorRecord;
import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/** Rebuilds many sectors on a fleet of simulated hosts, in an installation whose services run. */
public final class FleetBench {

  private static final long MINER = 3003;

  /** Of each host, for heartbeats and reports, as a real worker has. */
  private static final int SCHEDULERS = 2;

  private static final int CLOSERS = 64;
  private static final long LIMIT_MINUTES = 120;
  private static final int PARTS = 4;

  /**
   * How large the fleet is.
   *
   * @param hosts how many hosts
   * @param threads sealing threads of each
   * @param sectors how many sectors are rebuilt
   * @param known sectors in the catalog, whether they are rebuilt or not
   * @param faster by what the steps' times are divided
   * @param idle how long the fleet is measured before it has work
   * @param part how long a part of the batch is measured, instead of finishing it
   * @param restart whether all workers are stopped at once and started again, instead of finishing
   *     the batch
   */
  public record Size(
      int hosts,
      int threads,
      int sectors,
      int known,
      int faster,
      Duration idle,
      Optional<Duration> part,
      boolean restart) {}

  private final Path home;
  private final Installation installation;
  private final Function<String[], String> reseal;
  private final Consumer<String> progress;
  private final Optional<List<String>> temporalBytes;

  /**
   * @param home the installation's directory
   * @param reseal runs a command of the program there and returns what it prints
   * @param temporalBytes a command that prints how many bytes Temporal's database has
   */
  public FleetBench(
      Path home,
      Function<String[], String> reseal,
      Consumer<String> progress,
      Optional<List<String>> temporalBytes) {
    this.home = home;
    this.installation = Installation.load(home, Map.of());
    this.reseal = reseal;
    this.progress = progress;
    this.temporalBytes = temporalBytes;
  }

  /** Measures one fleet; the figures by their names. */
  public Map<String, String> measure(Size size) throws IOException, SQLException, CoreException {
    Map<String, String> figures = new LinkedHashMap<>();
    figures.put("hosts", Integer.toString(size.hosts()));
    figures.put("threads", Integer.toString(size.hosts() * size.threads()));
    figures.put("sectors", Integer.toString(size.sectors()));
    Path dir = Files.createTempDirectory("reseal-fleet-");
    ScheduledExecutorService scheduler =
        Executors.newScheduledThreadPool(SCHEDULERS * size.hosts());
    Requests requests = new Requests();
    List<SimulatedHost> hosts = new ArrayList<>();
    try (Catalog catalog = Catalog.open(CatalogSettings.of(installation));
        DatabaseCounts database = new DatabaseCounts(CatalogSettings.of(installation))) {
      addSectors(catalog, database, size);
      Scope scope = requests.scope();
      ChosenCore core = ChosenCore.choose(Optional.empty(), System.getenv());
      Pace pace = new Pace(size.faster());
      for (int host = 1; host <= size.hosts(); host++) {
        hosts.add(
            new SimulatedHost(
                String.format(Locale.ROOT, "sim-%04d", host),
                size.threads(),
                dir,
                installation,
                core.library(),
                pace,
                scope,
                scheduler));
      }
      long began = System.nanoTime();
      hosts.parallelStream().forEach(SimulatedHost::start);
      figures.put("all hosts started", seconds(began));
      Run run = new Run(database, requests, figures, size);
      run.idle();
      run.batch();
      if (size.restart()) {
        run.restart(hosts);
      } else if (size.part().isPresent()) {
        run.sample(size.part().get());
      } else {
        run.finish();
      }
    } catch (RuntimeException e) {
      if (!hosts.isEmpty()) {
        // Stopping many takes a while.
        say("It failed, and the hosts are being stopped: " + e.getMessage());
      }
      throw e;
    } finally {
      close(hosts);
      scheduler.shutdownNow();
    }
    return figures;
  }

  /** Each waits for its polls, so many are closed at the same time. */
  private static void close(List<SimulatedHost> hosts) {
    ExecutorService closers = Executors.newFixedThreadPool(CLOSERS);
    hosts.forEach(host -> closers.execute(host::close));
    closers.shutdown();
    try {
      closers.awaitTermination(LIMIT_MINUTES, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Empty sectors of 32 GiB with made-up facts: nothing that is simulated computes with them. */
  private void addSectors(Catalog catalog, DatabaseCounts database, Size size) throws SQLException {
    int there = (int) database.number("SELECT COUNT(*) FROM sector WHERE miner = " + MINER);
    if (there == 0) {
      catalog
          .sectors()
          .add(
              SectorRecord.of(
                  new SectorId(MINER, 1),
                  Facts.builder()
                      .put(Fact.PROOF_TYPE, SealProof.GIB_32_V1_1)
                      .put(Fact.TICKET, "42".repeat(32))
                      .put(Fact.TICKET_EPOCH, 1_000_000L)
                      .put(Fact.COMM_R, Cid.sealed(new Commitment("07".repeat(32))))
                      .put(Fact.PIECES, List.of())
                      .build(),
                  "bench"));
      there = 1;
    }
    long wanted = Math.max(size.known(), next(database) - 1 + size.sectors());
    database.copySector(MINER, 1, there + 1, (int) wanted);
  }

  /** The first sector that no batch of this bench has rebuilt yet. */
  private static long next(DatabaseCounts database) throws SQLException {
    return database.number(
        "SELECT COALESCE(MAX(number), 0) + 1 FROM rebuild_run WHERE miner = " + MINER);
  }

  /** One batch on a running fleet. */
  private final class Run {

    private final DatabaseCounts database;
    private final Requests requests;
    private final Map<String, String> figures;
    private final Size size;
    private final String name = "fleet-" + Long.toString(System.currentTimeMillis(), 36);
    private final long firstRun;
    private final long changesBefore;
    private long catalogBefore;
    private long temporalBefore;
    private long began;

    Run(DatabaseCounts database, Requests requests, Map<String, String> figures, Size size)
        throws SQLException {
      this.database = database;
      this.requests = requests;
      this.figures = figures;
      this.size = size;
      this.firstRun = database.number("SELECT COALESCE(MAX(ordinal), 0) FROM rebuild_run");
      this.changesBefore = changes();
    }

    /** What a fleet without work costs. */
    void idle() throws SQLException {
      pause(size.idle().dividedBy(4));
      Rates rates = new Rates();
      pause(size.idle());
      rates.ofServices("idle: ", 4);
    }

    void batch() throws IOException, SQLException {
      catalogBefore = database.bytes();
      temporalBefore = temporal();
      long first = next(database);
      began = System.nanoTime();
      say(
          command(
              "rebuild",
              Long.toString(MINER),
              first + "-" + (first + size.sectors() - 1),
              "--name",
              name,
              "--parallel",
              Integer.toString(
                  Math.min(BatchRecord.MOST_PARALLEL, 2 * size.hosts() * size.threads()))));
      figures.put("requested in", seconds(began));
    }

    /** Restarts all workers at once, and waits until each rebuild holds its thread again. */
    void restart(List<SimulatedHost> hosts) throws SQLException {
      await("all threads are held", () -> held(hosts) == size.hosts() * size.threads());
      close(hosts);
      long start = System.nanoTime();
      Map<String, Long> before = requests.counts();
      hosts.parallelStream().forEach(SimulatedHost::start);
      figures.put("restart: all hosts started", seconds(start));
      for (int tenths : List.of(5, 9, 10)) {
        await(
            "%d tenths of the threads are held again".formatted(tenths),
            () -> held(hosts) >= size.hosts() * size.threads() * tenths / 10);
        figures.put("restart: %d %% held after".formatted(tenths * 10), seconds(start));
      }
      figures.put(
          "restart: requests/s",
          perSecond(before, requests.counts(), (System.nanoTime() - start) / 1e9, 5));
      figures.put("restart: failed", failed(requests.counts()));
    }

    private static int held(List<SimulatedHost> hosts) {
      return hosts.stream().mapToInt(SimulatedHost::held).sum();
    }

    void finish() throws IOException, SQLException {
      await("a tenth has finished", size.sectors() / 10);
      Rates rates = new Rates();
      // The last ones, which leave threads idle, are left out of the rates.
      await("nine tenths have finished", size.sectors() * 9 / 10);
      rates.ofWork();
      lists();
      await("all have finished", size.sectors());
      figures.put("whole batch", seconds(began));
      growth();
    }

    /** Measures from the time when every thread has finished a sector; the batch is cancelled. */
    void sample(Duration all) throws IOException, SQLException {
      await("every thread has finished one", size.hosts() * size.threads());
      figures.put("every thread had finished one after", seconds(began));
      Rates rates = new Rates();
      for (int part = 1; part <= PARTS; part++) {
        Rates ofPart = new Rates();
        await(all.dividedBy(PARTS));
        figures.put("rebuilds/s in part %d of %d".formatted(part, PARTS), ofPart.rebuilds());
      }
      rates.ofWork();
      figures.put("finished", Long.toString(finished()));
      lists();
      growth();
      say(command("batch", "cancel", name));
    }

    private void await(Duration time) throws SQLException {
      long end = System.nanoTime() + time.toNanos();
      await("a part of the time is over", () -> System.nanoTime() >= end);
    }

    /** What has been done since a moment, for each second. */
    private final class Rates {

      private final Map<String, Long> before = requests.counts();
      private final long questions = database.status("Questions");
      private final long changes = changes();
      private final long done = finished();
      private final long start = System.nanoTime();

      Rates() throws SQLException {}

      private double elapsed() {
        return (System.nanoTime() - start) / 1e9;
      }

      String rebuilds() throws SQLException {
        return rate(finished() - done, elapsed());
      }

      /** What MariaDB and Temporal had to do, with the kinds of request that there were most of. */
      void ofServices(String when, int most) throws SQLException {
        double elapsed = elapsed();
        figures.put(
            when + "MariaDB statements/s", rate(database.status("Questions") - questions, elapsed));
        figures.put(when + "MariaDB connections", "" + database.status("Threads_connected"));
        figures.put(when + "requests/s", perSecond(before, requests.counts(), elapsed, most));
      }

      void ofWork() throws SQLException {
        figures.put("rebuilds/s", rebuilds());
        figures.put("state changes/s", rate(changes() - changes, elapsed()));
        ofServices("", 8);
        figures.put("MariaDB connections at most", "" + database.status("Max_used_connections"));
        figures.put("failed", failed(requests.counts()));
      }
    }

    /** What a sector that has finished has left in the databases. */
    private void growth() throws IOException, SQLException {
      double done = finished();
      figures.put("state changes per sector", rate(changes() - changesBefore, done));
      figures.put("MariaDB KiB per sector", rate((database.bytes() - catalogBefore) / 1024, done));
      figures.put("Temporal KiB per sector", rate((temporal() - temporalBefore) / 1024, done));
    }

    private void lists() {
      for (List<String> words :
          List.of(
              List.of("sectors", "list"),
              List.of("sectors", "list", "--rebuild", "--sealing=false"),
              List.of("batch", "state", name),
              List.of("batch", "list"),
              List.of("util", "worker", "list"))) {
        command(words.toArray(String[]::new));
        long start = System.nanoTime();
        command(words.toArray(String[]::new));
        figures.put(String.join(" ", words).replace(name, "NAME"), seconds(start));
      }
    }

    private long changes() throws SQLException {
      return database.number("SELECT COUNT(*) FROM state_change");
    }

    private long finished() throws SQLException {
      return database.number(
          "SELECT COUNT(*) FROM rebuild_run WHERE state = 'Finished' AND ordinal > " + firstRun);
    }

    private void await(String what, int count) throws SQLException {
      await(what, () -> finished() >= count);
    }

    private void await(String what, Condition condition) throws SQLException {
      long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(LIMIT_MINUTES);
      long said = System.nanoTime();
      while (!condition.isMet()) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException(
              "%s: still not true after %d minutes.".formatted(what, LIMIT_MINUTES));
        }
        pause(Duration.ofSeconds(1));
        if (System.nanoTime() - said > TimeUnit.SECONDS.toNanos(15)) {
          said = System.nanoTime();
          say("%d of %d sectors are finished".formatted(finished(), size.sectors()));
        }
      }
    }
  }

  /** What is waited for. */
  private interface Condition {
    boolean isMet() throws SQLException;
  }

  private void say(String line) {
    progress.accept(line.strip());
  }

  private String command(String... words) {
    return reseal.apply(words);
  }

  private long temporal() throws IOException {
    if (temporalBytes.isEmpty()) {
      try (var files = Files.list(home)) {
        return files
            .filter(file -> file.getFileName().toString().startsWith("temporal.db"))
            .mapToLong(file -> file.toFile().length())
            .sum();
      }
    }
    Process process = new ProcessBuilder(temporalBytes.get()).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return Long.parseLong(output.strip());
  }

  private static void pause(Duration time) {
    try {
      TimeUnit.NANOSECONDS.sleep(time.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("The measurement was interrupted.", e);
    }
  }

  /** The kinds of request that there were most of. */
  private static String perSecond(
      Map<String, Long> before, Map<String, Long> after, double seconds, int most) {
    Map<String, Long> grown = new LinkedHashMap<>();
    after.forEach((kind, count) -> grown.put(kind, count - before.getOrDefault(kind, 0L)));
    long all =
        grown.entrySet().stream()
            .filter(entry -> !entry.getKey().contains(" "))
            .mapToLong(Map.Entry::getValue)
            .sum();
    List<String> shown =
        grown.entrySet().stream()
            .filter(entry -> entry.getValue() > 0)
            .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
            .limit(most)
            .map(entry -> entry.getKey() + " " + rate(entry.getValue(), seconds))
            .toList();
    return "%s (%s)".formatted(rate(all, seconds), String.join(", ", shown));
  }

  private static String failed(Map<String, Long> counts) {
    return String.join(
        ", ",
        counts.entrySet().stream()
            .filter(entry -> entry.getKey().contains(" "))
            .map(entry -> entry.getKey() + " " + entry.getValue())
            .toList());
  }

  private static String rate(long count, double seconds) {
    return String.format(Locale.ROOT, "%.1f", count / seconds);
  }

  private static String seconds(long since) {
    return String.format(Locale.ROOT, "%.2f s", (System.nanoTime() - since) / 1e9);
  }
}
