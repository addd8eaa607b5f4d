package io.reseal.up;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.cli.Terminal;
import io.reseal.cli.Terminal.Result;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded installation with its real services, as a process of its own. */
class UpIT {

  private static final int REFUSED = 4;

  @TempDir Path directory;

  /** {@code reseal up} as a process, with the lines it has printed. */
  private static final class Up implements AutoCloseable {

    private final Process process;
    private final BufferedReader out;
    private final List<String> lines = new ArrayList<>();

    Up(Path home, String... more) throws IOException {
      List<String> command =
          new ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  "io.reseal.cli.Reseal",
                  "up",
                  "--home",
                  home.toString()));
      command.addAll(List.of(more));
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
      out = process.inputReader(StandardCharsets.UTF_8);
    }

    Up awaitRunning() throws IOException {
      String line = out.readLine();
      while (line != null) {
        lines.add(line);
        if (line.equals("Ctrl-C stops everything.")) {
          return this;
        }
        line = out.readLine();
      }
      throw new AssertionError("It did not start: " + String.join("\n", lines));
    }

    List<String> stop() throws Exception {
      // The process's own method would close its output, too.
      assertThat(process.toHandle().destroy()).isTrue();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return out.lines().toList();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  private static ProcessHandle service(Path home, String name) throws IOException {
    String pid = Files.readString(home.resolve("logs").resolve(name + ".pid")).split(" ", -1)[0];
    return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
  }

  private static List<ProcessHandle> services(Path home) throws IOException {
    return List.of(service(home, "mariadb"), service(home, "temporal"), service(home, "worker"));
  }

  /**
   * Fails when a second start is let in, a stop leaves a process behind or stops in another order,
   * leftovers of a killed installation block the next one, or a start forgets what was there.
   */
  @Test
  void startsOnceStopsCleanlyAndGoesOnWhereItWas() throws Exception {
    Path home = directory.resolve("home");
    Ports ports = TestPorts.free();
    Terminal terminal = new Terminal(home);
    List<ProcessHandle> killedWithIt;
    try (Up up =
        new Up(
                home,
                "--temporal-port=" + ports.temporal(),
                "--ui-port=" + ports.ui(),
                "--mariadb-port=" + ports.mariadb(),
                "--host-name=host-a")
            .awaitRunning()) {
      secondStartIsRefused(terminal, up.process.pid());
      assertThat(terminal.run("worker list").out())
          .isEqualToIgnoringNewLines(
              "#0: \"%s\"; plan=rebuild, sector_id=None, paused=false, paused_elapsed=None, state=Empty, last_err=None"
                  .formatted(home.resolve("scratch")));
      webUiAnswers(ports);
      setUpFindsWhatIsThereAndMakesTheRest(terminal, ports);
      takeSectorIn(terminal, home);
      killedWithIt = services(home);
      up.process.destroyForcibly().waitFor();
    }

    List<ProcessHandle> stopped;
    try (Up up = new Up(home).awaitRunning()) {
      assertThat(killedWithIt).noneMatch(ProcessHandle::isAlive);
      assertThat(terminal.run("sectors list").out()).contains("s-t01001-3:", "Count: 1");
      stopped = services(home);
      assertThat(up.stop())
          .containsExactly("Stopping worker", "Stopping Temporal", "Stopping MariaDB");
    }
    assertThat(stopped).noneMatch(ProcessHandle::isAlive);
    assertThat(home.resolve("logs")).isDirectoryNotContaining("glob:**.pid");
    ports.check();
  }

  private static void secondStartIsRefused(Terminal terminal, long owner) {
    Result second = terminal.run("up");

    assertThat(second.status()).isEqualTo(REFUSED);
    assertThat(second.err())
        .startsWith("An embedded installation already runs in ")
        .contains("(process " + owner + ")");
  }

  private static void webUiAnswers(Ports ports) throws Exception {
    HttpResponse<Void> page =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create(EmbeddedTemporal.ui(ports) + "/namespaces/reseal/workflows"))
                    .build(),
                HttpResponse.BodyHandlers.discarding());
    assertThat(page.statusCode()).isEqualTo(200);
  }

  private static void setUpFindsWhatIsThereAndMakesTheRest(Terminal terminal, Ports ports) {
    assertThat(terminal.run("temporal setup").lines())
        .containsExactly(
            "namespace reseal: exists",
            "search attribute ResealMiner (Keyword): exists",
            "search attribute ResealSector (Int): exists",
            "search attribute ResealState (Keyword): exists",
            "search attribute ResealHost (Keyword): exists",
            "search attribute ResealBatch (Keyword): exists",
            "search attribute ResealAttention (Bool): exists");

    String other =
        "temporal setup --address %s --namespace other --retention 3d"
            .formatted(EmbeddedTemporal.address(ports));
    Result made = terminal.run(other);
    assertThat(made.status()).isZero();
    assertThat(made.lines())
        .hasSize(7)
        .contains("namespace other: created")
        .contains("search attribute ResealAttention (Bool): created");
    assertThat(terminal.run(other).lines()).allMatch(line -> line.endsWith(": exists"));
  }

  private static void takeSectorIn(Terminal terminal, Path home) throws IOException {
    Path record = home.resolve("lotus-t01001-3.json");
    try (var resource = io.reseal.demo.Demo.class.getResourceAsStream("lotus-t01001-3.json")) {
      Files.write(record, resource.readAllBytes());
    }
    assertThat(terminal.run("sectors", "state", "import-json", record.toString(), "--really-do-it"))
        .extracting(Result::status)
        .isEqualTo(0);
  }

  // Catches: an installation that ends when one of its services is killed.
  @Test
  void servicesThatAreKilledAreStartedAgain() throws Exception {
    Path home = directory.resolve("home");
    Set<String> again = new HashSet<>(Set.of("MariaDB", "Temporal", "worker"));
    CountDownLatch running = new CountDownLatch(1);
    List<ProcessHandle> services;
    try (EmbeddedInstallation installation =
        new EmbeddedInstallation(
            UpRequest.of(home, TestPorts.free(), "host-a"),
            System.getenv(),
            line -> {
              synchronized (again) {
                again.removeIf(name -> line.startsWith(name + " runs again: "));
                if (again.isEmpty()) {
                  running.countDown();
                }
              }
            })) {
      installation.start();
      installation.watch();
      List<ProcessHandle> killed = services(home);
      assertThat(killed).allMatch(ProcessHandle::destroyForcibly);

      assertThat(running.await(3, TimeUnit.MINUTES)).isTrue();

      services = services(home);
      assertThat(services).allMatch(ProcessHandle::isAlive).doesNotContainAnyElementsOf(killed);
      assertThat(new Terminal(home).run("worker list").status()).isZero();
    }
    assertThat(services).noneMatch(ProcessHandle::isAlive);
  }

  /** Fails when a machine without Temporal and Python is turned away, or not told what it lacks. */
  @Test
  void withoutTemporalAndPythonItRunsInMemoryAndSaysSo() throws IOException {
    Path home = directory.resolve("home");
    List<String> lines = new ArrayList<>();
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("PATH", directory.toString());
    environment.put("RESEAL_CACHE", directory.resolve("cache").toString());
    environment.put("RESEAL_EMBEDDED", onlyMariaDb().toString());
    try (EmbeddedInstallation installation =
        new EmbeddedInstallation(
            UpRequest.of(home, TestPorts.free(), "host-a"), environment, lines::add)) {
      installation.start();

      assertThat(lines)
          .contains(
              "There is neither temporal nor python3 on PATH, so there is no Web UI: install one of"
                  + " them, or the package reseal-embedded.")
          .anyMatch(line -> line.contains("in memory: no Web UI, and rebuilds are forgotten"));
      assertThat(new Terminal(home).run("util worker info host-a").status()).isZero();
    }
  }

  /** A directory of programs in which Temporal is missing. */
  private Path onlyMariaDb() throws IOException {
    Path mariaDb = MariaDbProgram.unpacked(CacheDirectory.of(System.getenv())).directory();
    Path programs = Files.createDirectory(directory.resolve("programs"));
    Files.createSymbolicLink(programs.resolve(mariaDb.getFileName()), mariaDb);
    return programs;
  }

  /** Fails when something is written or started before the ports are looked at. */
  @Test
  void aTakenPortIsNamedBeforeAnythingIsDone() throws IOException {
    Path home = directory.resolve("home");
    Ports ports = TestPorts.free();
    try (ServerSocket taken = new ServerSocket(ports.ui(), 1, InetAddress.getLoopbackAddress())) {
      Result result =
          new Terminal(home)
              .run(
                  "up --temporal-port %d --ui-port %d --mariadb-port %d"
                      .formatted(ports.temporal(), taken.getLocalPort(), ports.mariadb()));

      assertThat(result.status()).isEqualTo(REFUSED);
      assertThat(result.err())
          .isEqualToIgnoringNewLines(
              "Port %d, which Temporal's Web UI would use, is taken by another program. Stop that program, or choose another port: --ui-port on the first start, later [temporal] ui in reseal.toml."
                  .formatted(ports.ui()));
    }
    assertThat(home).doesNotExist();
  }
}
