package io.reseal.bench;

import io.reseal.record.SectorRecord;
import io.reseal.sector.SealProof;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Measures the lists of a catalog as large as that of a large provider. */
final class ListTimes {

  private static final long MINER = 2002;
  private static final int SECTORS = 100_000;
  private static final int FINISHED = 20_000;
  private static final int RUNS = 5;

  private final Subject subject;

  ListTimes(Subject subject) {
    this.subject = subject;
  }

  List<Row> rows() throws IOException, SQLException {
    SectorRecord like =
        subject.seal(SealProof.KIB_2_V1_1, subject.piece(SealProof.KIB_2_V1_1)).record();
    subject.contents().fill(MINER, like, SECTORS, FINISHED);
    subject.say(
        "The catalog has another %d sectors and %d finished rebuilds".formatted(SECTORS, FINISHED));
    List<Row> rows = new ArrayList<>();
    rows.addAll(list("sectors list", "sectors", "list"));
    rows.addAll(
        list(
            "sectors list --rebuild --sealing=false",
            "sectors",
            "list",
            "--rebuild",
            "--sealing=false"));
    rows.addAll(
        list(
            "sectors list --offline --rebuild --sealing=false",
            "sectors",
            "list",
            "--offline",
            "--rebuild",
            "--sealing=false"));
    return rows;
  }

  private List<Row> list(String name, String... command) throws IOException {
    List<Long> whole = new ArrayList<>();
    List<Long> inside = new ArrayList<>();
    for (int run = 0; run < RUNS; run++) {
      whole.add(millis(() -> program(command)));
      inside.add(
          millis(
              () -> {
                subject.run(command);
              }));
    }
    Figures figures = Figures.of(whole);
    subject.say("%s: %.0f ms".formatted(name, figures.median()));
    return List.of(
        Row.seconds("%s, %dk sectors".formatted(name, SECTORS / 1000), figures, "< 1 s"),
        Row.seconds("  without starting a JVM", Figures.of(inside), "< 1 s"));
  }

  /** What is timed. */
  private interface Action {
    void run() throws IOException;
  }

  private static long millis(Action action) throws IOException {
    long began = System.nanoTime();
    action.run();
    return (System.nanoTime() - began) / 1_000_000;
  }

  /** Runs the program in its own JVM, started the same way as by its script. */
  private void program(String... command) throws IOException {
    List<String> words =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:SharedArchiveFile=" + classArchive(),
                "-Xlog:disable",
                "-cp",
                System.getProperty("java.class.path"),
                "io.reseal.cli.Reseal",
                "--home",
                subject.home().toString()));
    words.addAll(List.of(command));
    Process process =
        new ProcessBuilder(words)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    int status = process.onExit().join().exitValue();
    if (status != 0) {
      throw new BenchException(
          "The command %s ended with status %d.".formatted(String.join(" ", command), status));
    }
  }

  /** The class archive next to the program; a JVM also starts without it. */
  private static Path classArchive() {
    String program = System.getProperty("java.class.path").split(File.pathSeparator, 2)[0];
    return Path.of(program).resolveSibling("reseal.jsa");
  }
}
