package io.reseal.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.cli.shell.Surroundings;
import io.reseal.up.EmbeddedInstallation;
import io.reseal.up.Ports;
import io.reseal.up.UpRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bench of a fleet rebuilds what it says, on the services of an installation. */
class FleetBenchIT {

  @TempDir private static Path directory;

  private static EmbeddedInstallation installation;

  private final StringWriter output = new StringWriter();

  @BeforeAll
  static void startServices() throws IOException {
    installation =
        new EmbeddedInstallation(
            UpRequest.of(directory.resolve("home"), Ports.free(), "real-host"),
            System.getenv(),
            line -> {});
    installation.start();
    // A real host would take the simulated sectors.
    assertThat(
            run(
                new StringWriter(),
                List.of(
                    "worker",
                    "-c",
                    directory.resolve("home/worker.toml").toString(),
                    "pause",
                    "-i",
                    "0")))
        .isZero();
  }

  @AfterAll
  static void stopServices() {
    installation.close();
  }

  private static int run(StringWriter output, List<String> words) {
    PrintWriter writer = new PrintWriter(output, true);
    List<String> all = new ArrayList<>(words);
    all.addAll(List.of("--home", directory.resolve("home").toString()));
    return BenchProgram.run(
        new Surroundings(writer, writer, System.getenv()), all.toArray(String[]::new));
  }

  /** The figures of two simulated hosts. */
  private List<String> measured(String... options) {
    List<String> words =
        Stream.concat(
                Stream.of("bench-fleet", "--services", directory.resolve("home").toString()),
                Stream.of("--hosts", "2", "--idle", "100ms", "--faster", "100000"))
            .toList();
    int status = run(output, Stream.concat(words.stream(), Stream.of(options)).toList());
    assertThat(status).as(output.toString()).isZero();
    return output.toString().lines().toList();
  }

  @Test
  void wholeBatchIsRebuiltAndListed() {
    assertThat(measured("--sectors", "3"))
        .anyMatch(line -> line.matches("state changes per sector +11\\.0"))
        .anyMatch(line -> line.startsWith("whole batch "))
        .anyMatch(line -> line.startsWith("util worker list "));
  }

  @Test
  void aPartThatCannotBeMeasuredIsRefused() {
    for (List<String> options :
        List.of(
            List.of("--for", "0s"),
            List.of("--for", "3x"),
            List.of("--for", "5m", "--sectors", "19"),
            List.of("--for", "5m", "--restart"))) {
      List<String> words = new ArrayList<>(List.of("bench-fleet"));
      words.addAll(options);
      assertThat(run(output, words)).isIn(2, 4);
    }
    assertThat(output.toString())
        .contains(
            "longer than 0", "'3x' is not a duration", "at least twice", "exclude each other");
  }

  @Test
  void partOfABatchIsMeasuredAndTheRestCancelled() {
    List<String> lines = measured("--sectors", "5000", "--for", "4s");

    assertThat(lines)
        .anyMatch(line -> line.matches("Batch \\S+ is ended; [1-9].* were not started.*"))
        .anyMatch(line -> line.startsWith("rebuilds/s in part 4 of 4 "))
        .anyMatch(line -> line.startsWith("batch state NAME "));
  }
}
