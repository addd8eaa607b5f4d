package io.reseal.e2e;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogException;
import io.reseal.catalog.CatalogSettings;
import io.reseal.catalog.SectorRecord;
import io.reseal.catalog.ThreadRow;
import io.reseal.cli.Reseal;
import io.reseal.cli.shell.Surroundings;
import io.reseal.config.Installation;
import io.reseal.contract.Names;
import io.reseal.contract.RebuildStatus;
import io.reseal.contract.RebuildWorkflow;
import io.reseal.contract.ReconcileWorkflow;
import io.reseal.contract.RunRecord;
import io.reseal.contract.StateChange;
import io.reseal.core.CoreFiles;
import io.reseal.sector.Piece;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import io.reseal.standin.Directories;
import io.reseal.standin.SectorMaker;
import io.reseal.standin.Stages;
import io.reseal.temporal.TemporalConnection;
import io.reseal.up.EmbeddedInstallation;
import io.reseal.up.Ports;
import io.reseal.up.UpRequest;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.common.WorkflowExecutionHistory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A small provider on this machine: MariaDB, Temporal's server with a file database, and two
 * sealing hosts of one thread each, all real processes, with one store and one directory of pieces.
 */
final class Fleet implements AutoCloseable {

  static final String HOST_A = "host-a";
  static final String HOST_B = "host-b";

  /** Long silences would only make tests long. */
  private static final Map<String, String> TIMINGS =
      Map.of(
          "heartbeat", "5s",
          "host_grace", "60s",
          "retry_first", "1s",
          "retry_most", "2s",
          "park_retry", "30m");

  static final List<String> HOSTS = List.of(HOST_A, HOST_B);

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long MINER = 1001;

  /**
   * What the program said.
   *
   * @param status its exit status
   * @param out its results
   * @param err its messages
   */
  record Answer(int status, String out, String err) {}

  /** What ends each thing that was started, the last first. */
  private final Deque<Runnable> ends = new ArrayDeque<>();

  private final Path home;
  private final ManagedProcess mariadb;
  private final ManagedProcess temporal;
  private final Map<String, ManagedProcess> workers;
  private final Catalog catalog;
  private final TemporalConnection connection;
  private final String webUi;
  private final SectorMaker sealer;
  private final Path sealing;
  private final PieceServer pieceServer;
  private final AtomicLong numbers = new AtomicLong(100);
  private final Map<SectorId, String> runIds = new ConcurrentHashMap<>();
  private final Map<SectorId, LostSector> asked = new ConcurrentHashMap<>();
  private final List<Frozen> frozen = new ArrayList<>();
  private LostSector big;

  Fleet(Path home) throws IOException {
    this.home = home;
    if (Files.exists(home)) {
      Directories.remove(home);
    }
    Files.createDirectories(home);
    try {
      EmbeddedInstallation installation =
          new EmbeddedInstallation(
              UpRequest.of(home, Ports.free(), HOST_A), System.getenv(), line -> {});
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
          first.another(
              HOST_B,
              Map.of(home.resolve("worker.toml").toString(), secondHostFile().toString()),
              logs.resolve("worker-b.log"));
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
      this.sealing = home.resolve("sealing");
      this.sealer = new SectorMaker(new Stages(System.getenv()), home.resolve("pieces"));
      makeWhole();
    } catch (IOException | RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** Workers that start from now on know where the tests' parameters are. */
  private void nameParameters() throws IOException {
    Path file = home.resolve("worker.toml");
    Files.writeString(
        file,
        Files.readString(file)
            .replaceFirst(
                "(?m)^# parameter_cache = .*$", "parameter_cache = \"" + parameters() + '"'));
  }

  /** Workers that start from now on build trees by this code: {@code stock} is slow. */
  void treesBy(String code) throws IOException {
    for (Path file : List.of(workerFile(), home.resolve("worker-b.toml"))) {
      Files.writeString(
          file,
          Files.readString(file).replaceFirst("(?m)^#? ?pc2 = \".*$", "pc2 = \"" + code + '"'));
    }
  }

  /** Workers that start from now on ask the tests' piece server for what is nowhere else. */
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

  /** Where a user's cache keeps the parameters of tests. */
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

  /** How long rebuilds asked for from now on leave a silent host's thread to it. */
  void hostGrace(String grace) throws IOException {
    timing("host_grace", grace);
  }

  /** How long rebuilds asked for from now on wait before they look again by themselves. */
  void parkRetry(String wait) throws IOException {
    timing("park_retry", wait);
  }

  private void timing(String key, String value) throws IOException {
    Path file = home.resolve("reseal.toml");
    Files.writeString(
        file,
        Files.readString(file).replaceFirst("(?m)^" + key + " = .*$", key + " = \"" + value + '"'));
  }

  /** Drops what a test has left running, and lets its silent host be waited for again. */
  void settle() throws IOException {
    makeWhole();
    hostGrace(TIMINGS.get("host_grace"));
    parkRetry(TIMINGS.get("park_retry"));
    frozen.forEach(Frozen::end);
    frozen.clear();
    for (LostSector sector : asked.values()) {
      var unused = sectors("abort", sector);
    }
    for (LostSector sector : asked.values()) {
      Await.until("the rebuild of " + sector.id() + " has ended", () -> !isOpen(sector));
    }
    asked.clear();
  }

  private boolean isOpen(LostSector sector) {
    return connection
            .client()
            .newUntypedWorkflowStub(Names.workflowId(sector.id()))
            .describe()
            .getStatus()
        == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
  }

  /** Ends a workflow as somebody does who knows nothing of Reseal. */
  void terminate(String workflowId) {
    connection.client().newUntypedWorkflowStub(workflowId).terminate("by a test");
  }

  /** Compares the catalog with Temporal now rather than within a minute. */
  void reconcileNow() {
    connection
        .client()
        .newWorkflowStub(ReconcileWorkflow.class, Names.RECONCILE_WORKFLOW)
        .lookNow();
  }

  private void shortenTimings() throws IOException {
    Path file = home.resolve("reseal.toml");
    String text = Files.readString(file);
    for (Map.Entry<String, String> timing : TIMINGS.entrySet()) {
      text =
          text.replaceFirst(
              "(?m)^# " + timing.getKey() + " = .*$",
              timing.getKey() + " = \"" + timing.getValue() + '"');
    }
    Files.writeString(file, text);
  }

  /** Everything runs: what an earlier test has left stopped is started. */
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

  static String otherHost(String host) {
    return host.equals(HOST_A) ? HOST_B : HOST_A;
  }

  /** The Web UI's list of workflows. */
  String webUi() {
    return webUi;
  }

  String workflowId(LostSector sector) {
    return Names.workflowId(sector.id());
  }

  /** Temporal's id of the run that was asked for last. */
  String runId(LostSector sector) {
    return runIds.get(sector.id());
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

  /** What Temporal has of the run that was asked for last. */
  WorkflowExecutionHistory history(LostSector sector) {
    return connection.client().fetchHistory(Names.workflowId(sector.id()), runId(sector));
  }

  /** The first host's file. */
  Path workerFile() {
    return home.resolve("worker.toml");
  }

  Catalog catalog() {
    return catalog;
  }

  SectorMaker sealer() {
    return sealer;
  }

  /** A sector that was sealed, lost, and whose inputs are in the catalog. */
  LostSector lose(SealProof proof, Piece... pieces) throws Exception {
    LostSector lost = loseUnrecorded(proof, pieces);
    catalog.sectors().add(lost.record());
    return lost;
  }

  /** The number of a new sector. */
  SectorId nextSector() {
    return new SectorId(MINER, numbers.incrementAndGet());
  }

  /** Puts a record in the place of what the catalog knows of its sector. */
  void record(SectorRecord record) {
    catalog.sectors().replace(record);
  }

  LostSector loseUnrecorded(SealProof proof, Piece... pieces) throws Exception {
    SectorId id = nextSector();
    SectorRecord record = sealer.seal(id, proof, List.of(pieces), sealing);
    LostSector lost = new LostSector(record, LostSector.filesIn(sealing, id));
    Directories.remove(sealing);
    return lost;
  }

  /**
   * A sector of 8 MiB with pieces and a gap, lost again and again: its layers take a third of a
   * second each, PC2 takes ten.
   */
  LostSector bigOne() throws Exception {
    if (big == null) {
      big = lose(SealProof.MIB_8_V1_1, sealer.piece(1 << 20, 0), sealer.piece(4 << 20, 4 << 20));
    }
    for (String file : big.files().keySet()) {
      Files.deleteIfExists(store().resolve(file));
    }
    Files.deleteIfExists(store().resolve("cache").resolve(big.id().fileName()));
    return big;
  }

  Answer reseal(String... arguments) {
    return reseal(Map.of(), arguments);
  }

  /**
   * @param environment over that of all commands
   */
  Answer reseal(Map<String, String> environment, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> full = new ArrayList<>(List.of("--home", home.toString()));
    full.addAll(List.of(arguments));
    Map<String, String> all = new TreeMap<>(environment);
    all.put(CoreFiles.ENVIRONMENT, System.getenv(CoreFiles.ENVIRONMENT));
    int status =
        Reseal.run(
            new Surroundings(new PrintWriter(out, true), new PrintWriter(err, true), all),
            full.toArray(new String[0]));
    return new Answer(status, out.toString(), err.toString());
  }

  /** Asks for a rebuild, without waiting for it. */
  void ask(LostSector sector, String... options) {
    Answer answer = sectors("rebuild", sector, options);
    if (answer.status() != 0) {
      throw new AssertionError("The rebuild was not started: " + answer);
    }
    asked.put(sector.id(), sector);
    rememberRun(sector);
  }

  private void rememberRun(LostSector sector) {
    remember(sector.id());
  }

  /** Follows the run that was asked for last of a sector that the fleet has not lost itself. */
  void remember(SectorId sector) {
    runIds.put(
        sector,
        connection
            .client()
            .newUntypedWorkflowStub(Names.workflowId(sector))
            .describe()
            .getExecution()
            .getRunId());
  }

  /** Rebuilds and waits for the end. */
  void rebuild(LostSector sector) {
    Answer answer = sectors("rebuild", sector, "--wait");
    if (answer.status() != 0) {
      throw new AssertionError("The sector was not rebuilt: " + answer);
    }
    rememberRun(sector);
  }

  Answer sectors(String command, LostSector sector, String... options) {
    List<String> arguments =
        new ArrayList<>(List.of("util", "sealer", "sectors", command, "" + MINER, sector.number()));
    arguments.addAll(List.of(options));
    return reseal(arguments.toArray(new String[0]));
  }

  /** The run that was asked for last, as the catalog has it. */
  Optional<RunRecord> run(LostSector sector) {
    try {
      return catalog.runs().find(runIds.get(sector.id()));
    } catch (CatalogException e) {
      return Optional.empty();
    }
  }

  List<StateChange> changes(LostSector sector) {
    return catalog.runs().changes(runIds.get(sector.id()));
  }

  List<StateChange> changesOf(SectorId sector) {
    return catalog.runs().changes(runIds.get(sector));
  }

  /** The run of a sector that the fleet has not lost itself, once it is finished. */
  RunRecord awaitFinished(SectorId sector) {
    return Await.value(
        "%s is finished; its run is %s".formatted(sector, catalog.runs().find(runIds.get(sector))),
        () ->
            catalog
                .runs()
                .find(runIds.get(sector))
                .filter(run -> run.state() == RebuildState.FINISHED));
  }

  /** Whether all layers of a sector of 2 KiB stand in the scratch of a host. */
  boolean hasAllLayers(SectorId sector) {
    return HOSTS.stream().anyMatch(host -> layers(host, sector) == 2);
  }

  /** What the workflow itself says, with or without a catalog. */
  RebuildStatus status(LostSector sector) {
    return connection
        .client()
        .newWorkflowStub(RebuildWorkflow.class, Names.workflowId(sector.id()))
        .status();
  }

  /** The run, once the catalog has it in that state. */
  RunRecord awaitState(LostSector sector, RebuildState state) {
    return Await.value(
        "%s is %s; its run is %s".formatted(sector.id(), state, run(sector)),
        () -> run(sector).filter(run -> run.state() == state));
  }

  /** The run, once it waits for a person. */
  RunRecord awaitParked(LostSector sector) {
    return Await.value(
        sector.id() + " is parked", () -> run(sector).filter(run -> run.attention() != null));
  }

  /**
   * Stops the clock for the stage process that works on the sector's second layer, the first one
   * being finished.
   */
  Frozen freezeInSecondLayer(LostSector sector) throws IOException {
    String host =
        Await.value(
            "the first layer of " + sector.id() + " is finished",
            () ->
                HOSTS.stream()
                    .filter(name -> layers(name, sector.id()) > 0)
                    .filter(name -> !worker(name).stages().isEmpty())
                    .findFirst());
    return freeze(host, scratch(host), sector.id());
  }

  /** The same on a host of which any of these locations may have the sector. */
  Frozen freezeInSecondLayer(LostSector sector, String host, List<Path> locations)
      throws IOException {
    Path location =
        Await.value(
            "the first layer of " + sector.id() + " is finished",
            () ->
                locations.stream()
                    .filter(path -> layers(path, sector.id()) > 0)
                    .filter(path -> !worker(host).stages().isEmpty())
                    .findFirst());
    return freeze(host, location, sector.id());
  }

  private Frozen freeze(String host, Path location, SectorId sector) {
    ProcessHandle stage = worker(host).stages().get(0);
    signal("STOP", stage);
    Frozen standing = new Frozen(host, stage);
    frozen.add(standing);
    if (layers(location, sector) != 1) {
      throw new AssertionError("The second layer was finished before its stage could be stopped.");
    }
    return standing;
  }

  /**
   * A stage process that stands still.
   *
   * @param host on which host
   * @param stage the process
   */
  record Frozen(String host, ProcessHandle stage) {
    void thaw() {
      if (stage.isAlive()) {
        signal("CONT", stage);
      }
    }

    void end() {
      var unused = stage.destroyForcibly();
    }
  }

  private static void signal(String name, ProcessHandle process) {
    try {
      Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
      var unused = kill.onExit().join();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int layers(String host, SectorId sector) {
    return layers(scratch(host), sector);
  }

  private static int layers(Path location, SectorId sector) {
    Path record =
        location.resolve("cache").resolve(sector.fileName()).resolve("reseal-layers.json");
    try {
      return Files.exists(record) ? JSON.readTree(record.toFile()).path("layers").size() : 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Keeps the sector's stages from running on either host. */
  List<LockedFile> holdUp(LostSector sector) throws IOException {
    List<LockedFile> locks = new ArrayList<>();
    for (String host : HOSTS) {
      locks.add(
          new LockedFile(
              scratch(host).resolve("reseal").resolve(sector.id().fileName() + ".lock")));
    }
    return locks;
  }

  /** The run, once a stage of it has been kept from running; its host is known by then. */
  RunRecord awaitHeldUp(LostSector sector) {
    return Await.value(
        sector.id() + " is held up",
        () ->
            run(sector)
                .filter(run -> run.lastError() != null && run.lastError().startsWith("Host.Busy")));
  }

  /** All files of the sector in any host's scratch. */
  List<Path> scratchFiles(LostSector sector) throws IOException {
    List<Path> files = new ArrayList<>();
    for (String host : HOSTS) {
      try (var tree = Files.walk(scratch(host))) {
        files.addAll(
            tree.filter(path -> path.toString().contains(sector.id().fileName())).toList());
      }
    }
    return files;
  }

  /** The scratch goes with the release, shortly after the last state is recorded. */
  void awaitNoScratch(LostSector sector) {
    Await.until(
        "no scratch file of " + sector.id() + " is left",
        () -> {
          try {
            return scratchFiles(sector).isEmpty();
          } catch (IOException | UncheckedIOException e) {
            return false;
          }
        });
  }

  /** The sectors that sealing threads are held by now. */
  List<SectorId> heldSectors() {
    return catalog.threads().all().stream()
        .map(ThreadRow::sector)
        .filter(sector -> sector != null)
        .toList();
  }

  void replace(SectorRecord record) {
    catalog.sectors().replace(record);
  }

  /** Ends what was started, the last first; one that cannot be ended does not keep the others. */
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
