package io.reseal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogDatabase;
import io.reseal.catalog.CatalogSettings;
import io.reseal.catalog.ClockSkew;
import io.reseal.catalog.CoreReport;
import io.reseal.catalog.HostRow;
import io.reseal.catalog.ThreadRow;
import io.reseal.cli.Terminal.Result;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.gpu.GpuState;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that need the catalog alone, on a real MariaDB. */
class CatalogCommandsIT {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path home;

  private CatalogSettings settings;
  private Catalog catalog;
  private Terminal terminal;

  @BeforeEach
  void installation() throws IOException {
    settings = CatalogDatabase.migrated();
    catalog = Catalog.open(settings);
    terminal = new Terminal(Homes.write(home, "127.0.0.1:1", settings));
    for (String directory : List.of("scratch", "store", "pieces")) {
      Files.createDirectory(home.resolve(directory));
    }
    Files.writeString(
        home.resolve("worker.toml"),
        """
        [worker]
        name = "host-a"
        [[sealing_thread]]
        location = "%1$s/scratch"
        plan = "rebuild"
        [[attached]]
        location = "%1$s/store"
        """
            .formatted(home));
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  private static final CoreReport CORE =
      new CoreReport(
          "cuda",
          Map.of("opencl", "cuda is better"),
          "580.65",
          "GPU 2 has no UUID",
          List.of(
              gpu(0, "Made Up A", 80L << 30, GpuState.State.out, "pc2 failed: ECC"),
              gpu(1, "Made Up B", 24L << 30, GpuState.State.used, null)));

  private static GpuState gpu(
      int index, String name, long memory, GpuState.State state, String why) {
    return new GpuState(
        index, "GPU-" + index, name, memory, "580.65", "9.0", null, state, null, why);
  }

  private static ThreadRow thread(
      int index, SectorId sector, Instant pausedSince, String state, String lastErr, Instant seen) {
    return new ThreadRow(
        "host-a",
        index,
        "/path/to/location" + index,
        "rebuild",
        sector,
        pausedSince != null,
        pausedSince,
        false,
        state,
        lastErr,
        null,
        null,
        seen);
  }

  private void reportTwoThreads(Instant seen) {
    catalog
        .threads()
        .report(
            "host-a",
            List.of(
                thread(0, null, null, "Empty", null, seen),
                thread(
                    1,
                    Samples.SECTOR,
                    Instant.now().minus(Duration.ofMinutes(13).plusMillis(42_500)),
                    "PC1Done",
                    "no \"space\"\nleft",
                    seen)));
  }

  /** Without the seconds that passed while the command was on its way. */
  private static List<String> steady(List<String> lines) {
    return lines.stream().map(line -> line.replaceAll("13m[45]\\ds", "13m42s")).toList();
  }

  /** Fails when one character of the older system's line changes. */
  @Test
  void workerListPrintsTheOlderSystemsLines() {
    reportTwoThreads(Instant.now());

    Result result = terminal.run("worker -c " + home.resolve("worker.toml") + " list");

    assertThat(result.err()).isEmpty();
    assertThat(result.status()).isZero();
    assertThat(steady(result.lines()))
        .containsExactly(
            "#0: \"/path/to/location0\"; plan=rebuild, sector_id=None, paused=false,"
                + " paused_elapsed=None, state=Empty, last_err=None",
            "#1: \"/path/to/location1\"; plan=rebuild, sector_id=Some(s-t01001-123), paused=true,"
                + " paused_elapsed=Some(13m42s), state=PC1Done, last_err=Some(\"no"
                + " \\\"space\\\"\\nleft\")");
  }

  /** Fails when sectors of one core are told apart, or those of two cores together. */
  @Test
  void sectorsThatAreLabelledTogetherAreListedByTheirCoreAfterTheThreads() {
    List<ThreadRow> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      threads.add(
          new ThreadRow(
              "host-a",
              i,
              "/path/to/location" + i,
              "rebuild",
              new SectorId(1001, 120 + i),
              false,
              null,
              false,
              "TreeDBuilt",
              null,
              null,
              i == 0 ? null : new ThreadRow.Labelling(i == 3 ? 2 : 5, i == 2 ? 0 : 3, 11),
              Instant.now()));
    }
    catalog.threads().report("host-a", threads);

    String[] lines = {
      "labelling on CPU 2: s-t01001-123 layer 3 of 11",
      "labelling on CPU 5: s-t01001-121 layer 3 of 11, s-t01001-122"
    };
    assertThat(terminal.run("worker list").lines()).hasSize(6).endsWith(lines);
    assertThat(terminal.run("util worker info host-a").lines()).hasSize(7).endsWith(lines);
    assertThat(terminal.run("worker list --output json").out().replaceAll("\\s", ""))
        .contains("\"labelling\":{\"cpu\":2,\"layer\":3,\"layers\":11}");
  }

  /** Fails when old rows are shown as if they were fresh. */
  @Test
  void workerListSaysWhenTheHostIsSilent() {
    assertThat(terminal.run("worker list").err())
        .isEqualToIgnoringNewLines("host-a has never reported: is its worker running?");

    reportTwoThreads(Instant.now().minus(Duration.ofMinutes(3).plusMillis(500)));

    assertThat(terminal.run("worker list").err())
        .startsWith("host-a has not reported for 3m")
        .contains(": is its worker running?");
  }

  @Test
  void workerInfoPrintsTheOlderSystemsTable() {
    reportTwoThreads(Instant.now());

    Result result = terminal.run("util worker info host-a");

    assertThat(result.status()).isZero();
    assertThat(steady(result.lines()))
        .containsExactly(
            "Index  Loc                 Plan     SectorID      Paused  PausedElapsed  State   "
                + " LastErr",
            "0      /path/to/location0  rebuild  NULL          false   NULL           Empty   "
                + " NULL",
            "1      /path/to/location1  rebuild  s-t01001-123  true    13m42s         PC1Done  no"
                + " \"space\" left");
  }

  /** Fails when a port is taken for part of the address, or part of an address for all of it. */
  @Test
  void workerInfoTakesTheAddressOfTheMachineToo() {
    reportTwoThreads(Instant.now());
    catalog
        .hosts()
        .report(new HostRow("host-a", "seal1 10.0.0.5", "0.1.0", null, false, Instant.now()));

    for (String address : List.of("seal1", "10.0.0.5", "10.0.0.5:17890")) {
      Result result = terminal.run("util worker info " + address);

      assertThat(result.err()).isEmpty();
      assertThat(result.lines()).hasSize(3);
    }
    assertThat(terminal.run("util worker info 10.0.0").status()).isEqualTo(ExitStatus.REFUSED);
  }

  /** Fails when an old report looks like a new one, or a thread is counted twice. */
  @Test
  void hostsAreListedWithWhatTheirThreadsDo() throws IOException {
    reportTwoThreads(Instant.now());
    catalog.hosts().report(new HostRow("host-a", "seal1", "0.1.0", CORE, true, Instant.now()));

    assertThat(terminal.run("util worker list").lines().get(0).split(" +"))
        .containsExactly(
            "Name",
            "Threads",
            "Empty",
            "Paused",
            "Running",
            "Waiting",
            "Errors",
            "Draining",
            "Plans",
            "LastReport",
            "Version",
            "Flavour");
    assertThat(terminal.run("util worker list").lines().get(1))
        .matches("host-a +2 +1 +1 +0 +1 +1 +true +rebuild 2 +\\d+m?s +0\\.1\\.0 +cuda *");
    reportTwoThreads(Instant.now().minus(Duration.ofMinutes(3).plusMillis(500)));
    assertThat(terminal.run("util worker list").lines().get(1)).containsPattern("3m\\d+s \\(!\\)");
    JsonNode hosts = JSON.readTree(terminal.run("util worker list --output json").out());
    assertThat(hosts.get(0).at("/plans/rebuild").asInt()).isEqualTo(2);
    assertThat(hosts.get(0).get("draining").asBoolean()).isTrue();
    assertThat(hosts.get(0).at("/core/others/opencl").asText()).isEqualTo("cuda is better");
  }

  // Catches: a wrong clock that only shows as a report that is too old, or not at all.
  @Test
  void aHostWhoseClockIsWrongIsNamed() throws IOException {
    reportTwoThreads(Instant.now());
    ClockSkew behind = new ClockSkew(Duration.ofHours(-1));
    HostRow host = new HostRow("host-a", "seal1", "0.1.0", CORE, false, behind, Instant.now());
    catalog.hosts().report(host);

    for (String command : List.of("util worker list", "util worker info host-a", "worker list")) {
      assertThat(terminal.run(command).err())
          .as(command)
          .contains("host-a's clock is 3600 s behind the catalog's");
    }
    JsonNode hosts = JSON.readTree(terminal.run("util worker list --output json").out());
    assertThat(hosts.get(0).get("clockAhead").asLong()).isEqualTo(-3_600_000);
  }

  /** Fails when a GPU that is taken out looks like any other, or a reason is left out. */
  @Test
  void theCoreAndTheGpusOfAHostFollowItsThreads() throws IOException {
    reportTwoThreads(Instant.now());
    catalog.hosts().report(new HostRow("host-a", "seal1", "0.1.0", CORE, false, Instant.now()));
    String runs = "core: cuda, driver 580.65";
    String why = "not opencl: cuda is better";
    String[] gpus = {
      "GPU 0: Made Up A, GPU-0, 80 GiB, taken out: pc2 failed: ECC",
      "GPU 1: Made Up B, GPU-1, 24 GiB, in use",
      "GPUs: GPU 2 has no UUID"
    };

    assertThat(terminal.run("util worker info host-a").lines())
        .hasSize(8)
        .endsWith(runs, why, gpus[0], gpus[1], gpus[2]);
    assertThat(terminal.run("worker list").lines()).hasSize(2);
    JsonNode info = JSON.readTree(terminal.run("util worker info host-a --output json").out());
    assertThat(info.at("/host/name").asText()).isEqualTo("host-a");
    assertThat(info.at("/host/core/driver").asText()).isEqualTo("580.65");
    assertThat(info.at("/host/core/gpus/0/state").asText()).isEqualTo("out");
    assertThat(info.at("/host/core/gpus/1/memory").asLong()).isEqualTo(24L << 30);
  }

  /** Seen to fail: with a host removed that still reports. */
  @Test
  void aHostThatIsGoneIsTakenOffTheListsAndOneThatReportsIsNot() {
    reportTwoThreads(Instant.now());
    Result refused = terminal.run("util worker remove host-a");
    assertThat(refused.status()).isEqualTo(ExitStatus.REFUSED);
    assertThat(refused.err()).startsWith("host-a reported within the last minute");
    assertThat(catalog.threads().ofHost("host-a")).hasSize(2);

    reportTwoThreads(Instant.now().minusSeconds(600));
    Result removed = terminal.run("util worker remove host-a");
    assertThat(removed.status()).isZero();
    assertThat(removed.out()).isEqualToIgnoringNewLines("host-a was removed from the lists.");
    assertThat(catalog.threads().ofHost("host-a")).isEmpty();
    assertThat(catalog.hosts().all()).isEmpty();
  }

  @Test
  void workerInfoOfAnUnknownHostNamesTheKnownOnes() {
    reportTwoThreads(Instant.now());

    Result result = terminal.run("util worker info host-b");

    assertThat(result.status()).isEqualTo(ExitStatus.REFUSED);
    assertThat(result.err())
        .isEqualToIgnoringNewLines("No worker named host-b has reported; known workers: host-a.");
  }

  @Test
  void threadsAreGivenAsJson() throws IOException {
    reportTwoThreads(Instant.now());

    JsonNode threads =
        JSON.readTree(terminal.run("util worker info host-a --output json").out()).get("threads");

    assertThat(threads).hasSize(2);
    assertThat(threads.get(0).get("sector").isNull()).isTrue();
    assertThat(threads.get(1).at("/sector/number").asLong()).isEqualTo(123);
    assertThat(threads.get(1).get("state").asText()).isEqualTo("PC1Done");
    assertThat(Instant.parse(threads.get(1).get("seenAt").asText())).isNotNull();
  }

  /** Fails when ended and lasting rebuilds are mixed up, or the miner is ignored. */
  @Test
  void rebuildsInProgressAndEndedOnesAreListedApart() {
    SectorId ended = new SectorId(1002, 7);
    catalog
        .runs()
        .record(
            Samples.run(Samples.SECTOR, RebuildState.PC1_DONE, null, "Piece x is missing."),
            List.of());
    catalog.runs().record(Samples.run(ended, RebuildState.FINISHED, 1_062_000L, null), List.of());

    Result lasting = terminal.run("util sealer sectors list --rebuild --sealing=false");
    Result over = terminal.run("util sealer sectors list --offline --rebuild --sealing=false");
    Result ofMiner =
        terminal.run("util sealer sectors list --offline --rebuild --sealing=false --miner f01001");

    assertThat(lasting.lines())
        .startsWith("Sectors:", "s-t01001-123(rebuild):", "\tWorker: host-a#0", "\tState: PC1Done")
        .contains("\tLastErr: NULL", "\tWaits for you: Piece x is missing.")
        .endsWith("", "Count: 1");
    assertThat(over.lines())
        .startsWith("Sectors:", "s-t01002-7(rebuild):", "\tWorker: host-a#0", "\tState: Finished")
        .contains("\tDuration: 1m2s")
        .endsWith("", "Count: 1");
    assertThat(ofMiner.lines()).containsExactly("Sectors:", "Count: 0");
  }

  /** Seen to catch each filter left out of the query in turn. */
  @Test
  void rebuildsArePickedByHostStateBatchAndAttention() {
    catalog.runs().record(Samples.run(Samples.SECTOR, RebuildState.PC1_DONE, null, "x"), List.of());
    catalog
        .runs()
        .record(Samples.run(new SectorId(1001, 124), RebuildState.PC2_DONE, null, null), List.of());
    catalog.runs().record(Samples.queued(125, "disk-7", 5), List.of());

    assertThat(listed("--rebuild")).containsExactlyInAnyOrder("123", "124", "125");
    assertThat(listed("--attention")).containsExactly("123");
    assertThat(listed("--state PC2Done")).containsExactly("124");
    assertThat(listed("--batch disk-7")).containsExactly("125");
    assertThat(listed("--rebuild --host host-a")).containsExactlyInAnyOrder("123", "124");
    assertThat(listed("--host host-b")).isEmpty();
    assertThat(listed("--rebuild --miner 1002")).isEmpty();
    assertThat(listed("--host host-a --state PC1Done --miner 1001 --attention"))
        .containsExactly("123");
    assertThat(listed("--offline --state Finished")).isEmpty();
  }

  private List<String> listed(String options) {
    Result result = terminal.run("sectors list " + options);
    assertThat(result.status()).isZero();
    return result.lines().stream()
        .filter(line -> line.startsWith("s-t01001-"))
        .map(line -> line.replaceAll("s-t01001-(\\d+).*", "$1"))
        .toList();
  }

  /** Seen to catch the order in which rebuilds are listed taken for that of the queue. */
  @Test
  void queuedRebuildsAreShownTheirPlace() {
    LongStream.rangeClosed(1, 12)
        .forEach(number -> catalog.runs().record(Samples.queued(number, null, number), List.of()));
    catalog.sectors().add(Samples.sector(3));

    assertThat(terminal.run("sectors list --rebuild").out())
        .contains("\tQueue: 1st of 12 waiting for a sealing thread")
        .contains("\tQueue: 12th of 12 waiting for a sealing thread");
    assertThat(terminal.run("sectors state --offline 1001 3").out())
        .contains("\tQueue: 3rd of 12 waiting for a sealing thread");
  }

  @Test
  void theRunningStepsProgressIsShown() {
    catalog
        .runs()
        .record(Samples.run(Samples.SECTOR, RebuildState.TREE_D_BUILT, null, null), List.of());
    catalog
        .threads()
        .report(
            "host-a",
            List.of(
                new ThreadRow(
                    "host-a",
                    0,
                    "/scratch",
                    "rebuild",
                    Samples.SECTOR,
                    false,
                    null,
                    false,
                    "TreeDBuilt",
                    null,
                    "PC1: layer 3 of 11, 42 %, ETA 2 h 10 min",
                    null,
                    Instant.now())));

    assertThat(terminal.run("sectors list --rebuild").lines())
        .contains("\tProgress: PC1: layer 3 of 11, 42 %, ETA 2 h 10 min");
  }

  @Test
  void sectorsAreListedWithTheirNewestRebuild() {
    catalog.sectors().add(Samples.sector(123));
    catalog.sectors().add(Samples.sector(124));
    catalog
        .runs()
        .record(Samples.run(Samples.SECTOR, RebuildState.FINISHED, 2_000L, null), List.of());

    assertThat(terminal.run("sectors list").lines())
        .containsExactly(
            "Sectors:",
            "s-t01001-123:",
            "\tProof: StackedDrg2KiBV1_1",
            "\tPieces: 1",
            "\tCommR: " + Samples.COMM_R,
            "\tRebuild: Finished",
            "",
            "s-t01001-124:",
            "\tProof: StackedDrg2KiBV1_1",
            "\tPieces: 1",
            "\tCommR: " + Samples.COMM_R,
            "\tRebuild: NULL",
            "",
            "Count: 2");
    assertThat(terminal.run("sectors list --miner 1002").lines())
        .containsExactly("Sectors:", "Count: 0");
  }

  @Test
  void historyShowsEveryRunStateByState() throws IOException {
    catalog
        .runs()
        .record(
            Samples.run(Samples.SECTOR, RebuildState.ABORTED, 1_062_000L, null),
            List.of(
                Samples.change(0, RebuildState.ALLOCATED, "thread held"),
                Samples.change(1, RebuildState.PIECE_ADDED, "add pieces")));
    catalog.runs().record(Samples.queued(123, "disk-7", 9_000_000), List.of());

    Result result = terminal.run("sectors history 1001 123");

    assertThat(result.lines())
        .startsWith("Rebuilds of s-t01001-123, the newest first:", "", "Run queued-123:")
        .contains("Run run-123:", "\tDuration: 1m2s", "\tBatch: disk-7")
        .endsWith("Count: 2");
    assertThat(result.out()).containsPattern("\tPieceAdded  \\S+ \\S+  add pieces   850ms");
    JsonNode rebuilds = JSON.readTree(terminal.run("sectors history 1001 123 --output json").out());
    assertThat(rebuilds).hasSize(2);
    assertThat(rebuilds.get(1).get("runId").asText()).isEqualTo("run-123");
    assertThat(rebuilds.get(1).get("changes")).hasSize(2);
  }

  @Test
  void aSectorThatWasNeverRebuiltHasAnEmptyHistory() {
    catalog.sectors().add(Samples.sector(123));

    assertThat(terminal.run("sectors history 1001 123").lines()).endsWith("Count: 0");
    assertThat(terminal.run("sectors history 1001 999").status()).isEqualTo(ExitStatus.REFUSED);
  }

  /** Seen to catch a state that fails because Temporal is away. */
  @Test
  void stateIsShownFromTheCatalogWhileTemporalIsAway() {
    catalog.sectors().add(Samples.sector(123));
    catalog
        .runs()
        .record(Samples.run(Samples.SECTOR, RebuildState.PIECE_ADDED, null, null), List.of());

    Result result = terminal.run("sectors state 1001 123");

    assertThat(result.status()).isZero();
    assertThat(result.lines())
        .contains("\tNote: Temporal does not answer; shown is the catalog.")
        .contains("\tState: PieceAdded");
    assertThat(terminal.run("sectors state --offline 1001 123").out()).doesNotContain("Note:");
  }

  @Test
  void aFailureIsShownWithItsTypeAndWhatTheRebuildDoes() {
    catalog.sectors().add(Samples.sector(123));
    catalog
        .runs()
        .record(Samples.run(Samples.SECTOR, RebuildState.PIECE_ADDED, null, null), List.of());
    catalog.runs().noteError("run-123", "Host.Io: the disk is away", 5);

    assertThat(terminal.run("sectors state --offline 1001 123").lines())
        .contains(
            "\tFailure: Host.Io: the disk is away",
            "\tFailureType: Host.Io: the rebuild tries the step again; parks when the step has used"
                + " all its attempts (reseal explain Host.Io)");
  }

  @Test
  void aRebuildIsNotMovedToAHostThatNobodyKnows() {
    reportTwoThreads(Instant.now());

    Result result = terminal.run("sectors move 1001 123 --host host-b");

    assertThat(result.status()).isEqualTo(ExitStatus.REFUSED);
    assertThat(result.err())
        .isEqualToIgnoringNewLines("No worker named host-b has reported; known workers: host-a.");
  }

  /** Seen to catch a watch that shows what it saw first. */
  @Test
  void watchingShowsWhatHasBecomeOfItUntilThePersonHasHadEnough() {
    FakeScreen screen = new FakeScreen(true, 2, () -> catalog.sectors().add(Samples.sector(123)));

    Result result = new Terminal(home, screen).run("sectors list --watch");

    assertThat(result.status()).isZero();
    assertThat(result.out().split("\033\\[H\033\\[2J", -1))
        .hasSize(3)
        .satisfies(drawings -> assertThat(drawings[1]).contains("Count: 0"))
        .satisfies(drawings -> assertThat(drawings[2]).contains("Count: 1"));
    assertThat(screen.pauses()).containsExactly(Duration.ofSeconds(2), Duration.ofSeconds(2));
  }

  @Test
  void watchingAppendsWhereNothingCanBeRedrawn() {
    FakeScreen screen = new FakeScreen(false, 2, () -> {});

    Result result = new Terminal(home, screen).run("worker list --watch=7");

    assertThat(result.out()).doesNotContain("\033");
    assertThat(screen.pauses()).containsExactly(Duration.ofSeconds(7), Duration.ofSeconds(7));
  }

  /** Seen to catch drawings of nothing, again and again. */
  @Test
  void watchingDoesNotBeginWithoutACatalog() throws IOException {
    CatalogSettings away =
        new CatalogSettings("jdbc:mariadb://127.0.0.1:1/reseal", "reseal", "hidden");
    FakeScreen screen = new FakeScreen(true, 2, () -> {});
    Homes.write(home, "127.0.0.1:1", away);

    assertThat(new Terminal(home, screen).run("sectors list --watch").status())
        .isEqualTo(ExitStatus.UNREACHABLE);
    assertThat(screen.pauses()).isEmpty();
  }

  @Test
  void rebuildsAreGivenAsJson() throws IOException {
    catalog
        .runs()
        .record(Samples.run(Samples.SECTOR, RebuildState.PC1_DONE, null, null), List.of());

    JsonNode runs =
        JSON.readTree(terminal.run("sectors list --rebuild --sealing=false --output json").out());

    assertThat(runs).hasSize(1);
    assertThat(runs.get(0).get("state").asText()).isEqualTo("PC1Done");
    assertThat(runs.get(0).get("workflowId").asText()).isEqualTo("rebuild-f01001-123");
  }

  @Test
  void stateShowsASectorAndItsNewestRebuild() {
    catalog.sectors().add(Samples.sector(123));
    catalog
        .runs()
        .record(
            Samples.run(Samples.SECTOR, RebuildState.PIECE_ADDED, null, "Disk full."),
            List.of(
                Samples.change(0, RebuildState.ALLOCATED, "thread held"),
                Samples.change(1, RebuildState.PIECE_ADDED, "add pieces")));

    Result result = terminal.run("util sealer sectors state --offline t01001 123");

    assertThat(result.status()).isZero();
    assertThat(result.lines())
        .startsWith(
            "Sector s-t01001-123: ",
            "",
            "Common:",
            "\tMiner: f01001",
            "\tNumber: 123",
            "\tSealProof: StackedDrg2KiBV1_1")
        .contains(
            "\tState Change: Allocated => PieceAdded, by add pieces",
            "\tWorker: host-a#0",
            "\tFailure: NULL",
            "\tPiece: { cid: %s; size: 1024; offset: 0 }".formatted(Samples.PIECE),
            "\tTicket: (-892) " + "ab".repeat(32),
            "\tCommD: NULL",
            "\tCommR: " + Samples.COMM_R,
            "\tSeed: (20) " + "cd".repeat(32),
            "\tWaits for you: Disk full.",
            "\tWhat to do: mend that, then: reseal util sealer sectors resume 1001 123 (or abort)");
    assertThat(result.out())
        .containsPattern("\tPieceAdded  \\S+ \\S+  add pieces   850ms  700ms   host-a#0  1 +NULL");
  }

  @Test
  void stateIsGivenAsJson() throws IOException {
    catalog.sectors().add(Samples.sector(123));

    JsonNode state = JSON.readTree(terminal.run("sectors state 1001 123 --output json").out());

    assertThat(state.at("/sector/commR").asText()).isEqualTo(Samples.COMM_R);
    assertThat(state.get("run").isNull()).isTrue();
    assertThat(state.get("changes")).isEmpty();
  }

  @Test
  void anUnknownSectorIsRefusedWithTheWayToTakeItIn() {
    for (String command : List.of("state", "state export-json")) {
      Result result = terminal.run("sectors " + command + " 1001 999");

      assertThat(result.status()).isEqualTo(ExitStatus.REFUSED);
      assertThat(result.err())
          .startsWith("Sector f01001/999 is not in the catalog.")
          .contains("import-json FILE --really-do-it");
    }
  }

  private Path record() throws IOException {
    try (var resource = io.reseal.demo.Demo.class.getResourceAsStream("lotus-t01001-3.json")) {
      return Files.write(home.resolve("record.json"), resource.readAllBytes());
    }
  }

  /** Fails when the import writes before it was told to. */
  @Test
  void importOnlyShowsUntilToldToDoIt() throws IOException {
    String command = "sectors state import-json " + record();

    Result shown = terminal.run(command);

    assertThat(shown.status()).isZero();
    assertThat(shown.out()).startsWith("Sector s-t01001-3:").contains("\tTicket: (-872) 399684d5");
    assertThat(shown.err()).contains("Nothing was changed.").contains("--really-do-it");
    assertThat(catalog.sectors().find(new SectorId(1001, 3))).isEmpty();

    assertThat(terminal.run(command + " --really-do-it").out())
        .isEqualToIgnoringNewLines("f01001/3: taken in");
    assertThat(catalog.sectors().find(new SectorId(1001, 3))).isPresent();
  }

  /** Fails when a second import silently replaces what is there. */
  @Test
  void importOverAnotherRecordWantsToBeToldSo() throws IOException {
    String command = "sectors state import-json " + record() + " --really-do-it";
    assertThat(terminal.run(command).status()).isZero();

    Result again = terminal.run(command);

    assertThat(again.status()).isEqualTo(ExitStatus.REFUSED);
    assertThat(again.err()).contains("add --override");
    assertThat(terminal.run(command + " --override").out())
        .isEqualToIgnoringNewLines("f01001/3: record replaced");
  }

  @Test
  void exportGivesBackWhatWasImported() throws IOException {
    Path record = record();
    assertThat(terminal.run("sectors state import-json " + record + " --really-do-it").status())
        .isZero();

    Result exported = terminal.run("sectors state export-json f01001 3");

    assertThat(exported.lines()).hasSize(1);
    assertThat(JSON.readTree(exported.out())).isEqualTo(JSON.readTree(record.toFile()));
  }

  /** Fails when a broken record leaves something behind, or its place is not named. */
  @Test
  void aRecordThatIsCutOffIsRefusedAndNothingIsTakenIn() throws IOException {
    Path record = record();
    byte[] whole = Files.readAllBytes(record);
    Files.write(record, java.util.Arrays.copyOf(whole, whole.length / 2));

    Result result = terminal.run("sectors state import-json " + record + " --really-do-it");

    assertThat(result.status()).isEqualTo(ExitStatus.REFUSED);
    assertThat(result.err()).contains(record.toString()).contains("line 1");
    assertThat(catalog.sectors().find(new SectorId(1001, 3))).isEmpty();
  }

  @Test
  void aCatalogThatIsNotThereIsUnreachable() throws IOException {
    Homes.write(
        home,
        "127.0.0.1:1",
        new CatalogSettings("jdbc:mariadb://127.0.0.1:1/reseal", "reseal", "hidden"));

    Result result = terminal.run("sectors list");

    assertThat(result.status()).isEqualTo(ExitStatus.UNREACHABLE);
    assertThat(result.err())
        .startsWith("The catalog at jdbc:mariadb://127.0.0.1:1/reseal cannot be reached")
        .doesNotContain("hidden");
  }
}
