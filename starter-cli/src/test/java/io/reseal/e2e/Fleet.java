package io.reseal.e2e;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogSettings;
import io.reseal.catalog.ThreadRow;
import io.reseal.config.Installation;
import io.reseal.sector.SectorId;
import io.reseal.standin.Directories;
import io.reseal.temporal.TemporalConnection;
import io.reseal.up.EmbeddedInstallation;
import io.reseal.up.TestPorts;
import io.reseal.up.UpRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A small provider on this machine: MariaDB, Temporal's server with a file database, and two
 * sealing hosts with one thread each. Owns their processes, directories, and settings. The hosts
 * share one store and one directory of pieces.
 */
final class Fleet implements AutoCloseable {

  static final String HOST_A = "host-a";
  static final String HOST_B = "host-b";

  /** Short, so that tests need not wait for what takes minutes in real use. */
  private static final Map<String, String> TIMINGS =
      Map.of(
          "heartbeat", "5s",
          "host_grace", "60s",
          "retry_first", "1s",
          "retry_most", "2s",
          "park_retry", "30m");

  /** What a test holds up must be tried again for as long as the test takes on a busy machine. */
  private static final int ATTEMPTS = 60;

  /** Writing an archive takes seconds, on a busy machine minutes. */
  private static final Duration ARCHIVE_LIMIT = Duration.ofMinutes(5);

  static final List<String> HOSTS = List.of(HOST_A, HOST_B);

  /** How to stop each thing that was started, the last one first. */
  private final Deque<Runnable> ends = new ArrayDeque<>();

  private final Path home;
  private final ManagedProcess mariadb;
  private final ManagedProcess temporal;
  private final Map<String, ManagedProcess> workers;
  private final Catalog catalog;
  private final TemporalConnection connection;
  private final String webUi;
  private final PieceServer pieceServer;

  Fleet(Path home) throws IOException {
    this.home = home;
    if (Files.exists(home)) {
      Directories.remove(home);
    }
    Files.createDirectories(home);
    try {
      EmbeddedInstallation installation =
          new EmbeddedInstallation(
              UpRequest.of(home, TestPorts.free(), HOST_A), System.getenv(), line -> {});
      ends.push(installation::close);
      installation.start();
      Path logs = home.resolve("logs");
      this.mariadb = ManagedProcess.ofInstallation("mariadb", logs);
      ends.push(mariadb::close);
      this.temporal = ManagedProcess.ofInstallation("temporal", logs);
      ends.push(temporal::close);
      ManagedProcess first = ManagedProcess.ofInstallation("worker", logs);
      ends.push(first::close);
      this.pieceServer = new PieceServer();
      ends.push(pieceServer::close);
      nameParameters();
      namePieceServer();
      first.terminate(Await.LIMIT);
      ManagedProcess second =
          first
              .another(
                  HOST_B,
                  Map.of(home.resolve("worker.toml").toString(), secondHostFile().toString()),
                  logs.resolve("worker-b.log"))
              .with("RESEAL_LOG_FORMAT", "json");
      ends.push(second::close);
      this.workers = Map.of(HOST_A, first, HOST_B, second);
      shortenTimings();
      Installation file = Installation.load(home, Map.of());
      this.catalog =
          Catalog.open(
              new CatalogSettings(
                  file.catalog().url(), file.catalog().user(), file.catalog().password()));
      ends.push(catalog::close);
      this.connection =
          TemporalConnection.open(file.temporal().address(), file.temporal().namespace(), Map.of());
      ends.push(connection::close);
      this.webUi =
          "%s/namespaces/%s/workflows"
              .formatted(file.temporal().ui().orElseThrow(), file.temporal().namespace());
      archiveClasses();
      makeWhole();
    } catch (IOException | RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** Makes the archive of a worker's classes, by a worker that is only started and ended. */
  private void archiveClasses() throws IOException {
    Optional<PackagedProgram> program = PackagedProgram.find();
    if (program.isPresent()) {
      program.get().makeArchive(file -> archiveClasses(program.get().useArchive(), file));
    }
  }

  private void archiveClasses(String useArchive, Path file) {
    ManagedProcess recorded =
        worker(HOST_A)
            .another(
                "worker to archive its classes",
                Map.of(useArchive, PackagedProgram.writeArchive(file)),
                home.resolve("logs/worker-archive.log"));
    Instant before = Instant.now();
    recorded.start();
    awaitReport(HOST_A, before);
    recorded.terminate(ARCHIVE_LIMIT);
  }

  /** Workers started from now on use the Groth16 parameters made for tests. */
  private void nameParameters() throws IOException {
    Path file = home.resolve("worker.toml");
    Files.writeString(
        file,
        Files.readString(file)
            .replaceFirst(
                "(?m)^# parameter_cache = .*$", "parameter_cache = \"" + parameters() + '"'));
  }

  /** Workers started from now on build trees with this code; {@code stock} is slow. */
  void treesBy(String code) throws IOException {
    for (Path file : List.of(workerFile(), home.resolve("worker-b.toml"))) {
      Files.writeString(
          file,
          Files.readString(file).replaceFirst("(?m)^#? ?pc2 = \".*$", "pc2 = \"" + code + '"'));
    }
  }

  /** Host A's worker runs with other settings from now on. */
  void restartHostA(UnaryOperator<String> change) throws IOException {
    worker(HOST_A).terminate(Await.LIMIT);
    Files.writeString(workerFile(), change.apply(Files.readString(workerFile())));
    startWorker(HOST_A);
  }

  /** Workers started from now on download missing pieces from the tests' piece server. */
  private void namePieceServer() throws IOException {
    Path file = home.resolve("worker.toml");
    Path cache = Files.createDirectory(home.resolve("piece-cache"));
    Files.writeString(
        file,
        Files.readString(file).replaceFirst("(?m)^# cache = .*$", "cache = \"" + cache + '"')
            + """

            [[pieces.http]]
            url = "%s"
            """
                .formatted(pieceServer.url()));
  }

  PieceServer pieceServer() {
    return pieceServer;
  }

  /** Where the Groth16 parameters made for tests are kept, in the user's cache. */
  static Path parameters() throws IOException {
    String cache = System.getenv("RESEAL_CACHE");
    Path root =
        cache == null || cache.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache", "reseal")
            : Path.of(cache).toAbsolutePath();
    return Files.createDirectories(root.resolve("parameters"));
  }

  private Path secondHostFile() throws IOException {
    Files.createDirectory(home.resolve("scratch-b"));
    Files.createDirectory(home.resolve("piece-cache-b"));
    String text =
        Files.readString(home.resolve("worker.toml"))
            .replace('"' + HOST_A + '"', '"' + HOST_B + '"')
            .replace(
                '"' + home.resolve("scratch").toString() + '"',
                '"' + home.resolve("scratch-b").toString() + '"')
            .replace(
                '"' + home.resolve("piece-cache").toString() + '"',
                '"' + home.resolve("piece-cache-b").toString() + '"');
    return Files.writeString(home.resolve("worker-b.toml"), text);
  }

  /** How long rebuilds requested from now on wait for a silent host. */
  void hostGrace(String grace) throws IOException {
    timing("host_grace", grace);
  }

  /** How long rebuilds requested from now on stay parked before they try again. */
  void parkRetry(String wait) throws IOException {
    timing("park_retry", wait);
  }

  private void timing(String key, String value) throws IOException {
    Path file = home.resolve("reseal.toml");
    Files.writeString(
        file,
        Files.readString(file).replaceFirst("(?m)^" + key + " = .*$", key + " = \"" + value + '"'));
  }

  /** Undoes a test's changes to the timings. */
  void restoreTimings() throws IOException {
    hostGrace(TIMINGS.get("host_grace"));
    parkRetry(TIMINGS.get("park_retry"));
  }

  private void shortenTimings() throws IOException {
    Path file = home.resolve("reseal.toml");
    String text =
        Files.readString(file).replaceFirst("(?m)^# attempts = .*$", "attempts = " + ATTEMPTS);
    for (Map.Entry<String, String> timing : TIMINGS.entrySet()) {
      text =
          text.replaceFirst(
              "(?m)^# " + timing.getKey() + " = .*$",
              timing.getKey() + " = \"" + timing.getValue() + '"');
    }
    Files.writeString(file, text);
  }

  /** Starts whatever an earlier test left stopped. */
  void makeWhole() {
    for (ManagedProcess service : List.of(mariadb, temporal)) {
      if (!service.isAlive()) {
        service.start();
      }
    }
    List<String> started = new ArrayList<>();
    Instant before = Instant.now();
    workers.forEach(
        (host, worker) -> {
          if (!worker.isAlive()) {
            worker.start();
            started.add(host);
          }
        });
    started.forEach(host -> awaitReport(host, before));
  }

  void stopWorkers() {
    workers.values().stream()
        .filter(ManagedProcess::isAlive)
        .forEach(worker -> worker.terminate(Await.LIMIT));
  }

  ManagedProcess mariadb() {
    return mariadb;
  }

  ManagedProcess temporal() {
    return temporal;
  }

  ManagedProcess worker(String host) {
    return workers.get(host);
  }

  void startWorker(String host) {
    Instant before = Instant.now();
    worker(host).start();
    awaitReport(host, before);
  }

  private void awaitReport(String host, Instant since) {
    Await.until(
        host + " reports its threads",
        () -> threads(host).stream().anyMatch(thread -> thread.seenAt().isAfter(since)));
  }

  List<ThreadRow> threads(String host) {
    return catalog.threads().ofHost(host);
  }

  /** The only sealing thread of a host. */
  ThreadRow thread(String host) {
    return threads(host).get(0);
  }

  /** The sectors that hold a sealing thread now. */
  List<SectorId> heldSectors() {
    return catalog.threads().all().stream()
        .map(ThreadRow::sector)
        .filter(Objects::nonNull)
        .toList();
  }

  static String otherHost(String host) {
    return host.equals(HOST_A) ? HOST_B : HOST_A;
  }

  /** The Web UI's list of workflows. */
  String webUi() {
    return webUi;
  }

  Path home() {
    return home;
  }

  Path store() {
    return home.resolve("store");
  }

  Path pieces() {
    return home.resolve("pieces");
  }

  Path scratch(String host) {
    return home.resolve(host.equals(HOST_A) ? "scratch" : "scratch-b");
  }

  Path pieceCache(String host) {
    return home.resolve(host.equals(HOST_A) ? "piece-cache" : "piece-cache-b");
  }

  /** The settings of host A. */
  Path workerFile() {
    return home.resolve("worker.toml");
  }

  /** Removes what the catalog knows of the roots of a sector's trees, as if it never had it. */
  void forgetRoots(SectorId sector) throws IOException {
    Installation.Catalog settings = Installation.load(home, Map.of()).catalog();
    try (Connection database =
            DriverManager.getConnection(settings.url(), settings.user(), settings.password());
        PreparedStatement delete =
            database.prepareStatement("DELETE FROM sector_roots WHERE miner = ? AND number = ?")) {
      delete.setLong(1, sector.miner());
      delete.setLong(2, sector.number());
      delete.executeUpdate();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  Catalog catalog() {
    return catalog;
  }

  TemporalConnection connection() {
    return connection;
  }

  /** Stops what was started, the last one first, even when one of them cannot be stopped. */
  @Override
  public void close() {
    Runnable end = ends.poll();
    if (end != null) {
      try {
        end.run();
      } finally {
        close();
      }
    }
  }
}
