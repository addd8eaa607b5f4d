package io.reseal.cli.installation;

import io.reseal.bench.Bench;
import io.reseal.bench.PieceAssembly;
import io.reseal.bench.Program;
import io.reseal.bench.Row;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.RefusedException;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.shell.Surroundings;
import io.reseal.cli.show.OutputMixin;
import io.reseal.cli.show.Table;
import io.reseal.demo.Demo;
import io.reseal.demo.SlowPieceStore;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorSize;
import io.reseal.up.EmbeddedInstallation;
import io.reseal.up.Ports;
import io.reseal.up.UpRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToIntBiFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures Reseal in a fresh installation of its own. */
@Command(
    name = "bench",
    description = "Measure rebuilds, in a fresh installation of its own; a few minutes.")
public final class BenchCommand implements Callable<Integer> {

  /** Sealing threads where many rebuilds are measured. */
  private static final int THREADS = 4;

  private static final int PIECE_RUNS = 5;

  /** Bytes that the piece store sends at a time. */
  private static final int STORE_BLOCK = 64 << 10;

  private final Shell shell;
  private final ToIntBiFunction<Surroundings, String[]> program;

  @Option(
      names = "--long",
      description =
          "Also PC1 and PC2 of 512MiB, and PC1 beside a download: about half an hour on 2 cores.")
  private boolean withLarge;

  @Option(
      names = "--many",
      description =
          "Also 1,000 rebuilds at once on four threads, and lists of 100,000 sectors: about an hour"
              + " on 2 cores.")
  private boolean withMany;

  @Option(names = "--long-size", hidden = true, defaultValue = "512MiB")
  private String largeSize;

  @Option(names = "--long-runs", hidden = true, defaultValue = "1")
  private int largeRuns;

  @Option(names = "--many-rebuilds", hidden = true, defaultValue = "1000")
  private int rebuilds;

  @Option(names = "--without-quick", hidden = true)
  private boolean withoutQuick;

  @Option(names = "--without-comparison", hidden = true)
  private boolean withoutComparison;

  @Mixin private OutputMixin output;

  /**
   * @param program the whole program, whose other commands are measured
   */
  public BenchCommand(Shell shell, ToIntBiFunction<Surroundings, String[]> program) {
    this.shell = shell;
    this.program = program;
  }

  @Override
  public Integer call() throws IOException, SQLException {
    SealProof large = proof(SectorSize.parse(largeSize));
    if (largeRuns < 1 || rebuilds < 1) {
      throw new RefusedException("--long-runs and --many-rebuilds must be 1 or more.");
    }
    Path home = Files.createTempDirectory("reseal-bench-");
    List<Row> rows = new ArrayList<>();
    List<PieceAssembly.Line> pieces = new ArrayList<>();
    if (!withoutQuick) {
      shell.say("Assembling a piece of 512MiB.");
      pieces.addAll(
          PieceAssembly.measure(shell.environment(), SealProof.MIB_512_V1_1, PIECE_RUNS, home));
    }
    try (SlowPieceStore store =
        new SlowPieceStore(Bench.farPieces(home), STORE_BLOCK, (sent, rest, nanos) -> {})) {
      UpRequest request =
          UpRequest.of(home, Ports.free(), "bench-host").withPieceStore(store.url());
      measure(
          request,
          store,
          bench -> {
            if (!withoutQuick) {
              rows.addAll(bench.quick());
            }
            if (withLarge && !withoutComparison) {
              rows.addAll(bench.large(large, largeRuns));
            }
            if (withLarge) {
              rows.addAll(bench.largeDownload(large, largeRuns));
            }
          });
      if (withMany) {
        addThreads(home);
        measure(request, store, bench -> rows.addAll(bench.many(rebuilds)));
      }
    }
    Demo.remove(home);
    Bench.Result measured = Bench.result(rows, pieces);
    output.print(shell.out(), measured, () -> text(measured));
    return ExitStatus.DONE;
  }

  /** Some measurements on a running installation. */
  private interface Measurement {
    void on(Bench bench) throws IOException, SQLException;
  }

  private void measure(UpRequest request, SlowPieceStore store, Measurement measurement)
      throws IOException, SQLException {
    try (EmbeddedInstallation installation =
        new EmbeddedInstallation(request, shell.environment(), shell::say)) {
      Runtime.getRuntime().addShutdownHook(new Thread(installation::close, "stop"));
      installation.start();
      try (Bench bench =
          new Bench(
              request.home(),
              shell.environment(),
              arguments -> run(request.home(), arguments),
              shell::say,
              store)) {
        measurement.on(bench);
      }
    }
  }

  private static void addThreads(Path home) throws IOException {
    StringBuilder threads = new StringBuilder();
    for (int thread = 1; thread < THREADS; thread++) {
      Path scratch = Files.createDirectory(home.resolve("scratch-" + thread));
      threads.append(
          "%n[[sealing_thread]]%nlocation = \"%s\"%nplan = \"rebuild\"%n".formatted(scratch));
    }
    Path file = home.resolve("worker.toml");
    Files.writeString(file, Files.readString(file) + threads);
  }

  private static SealProof proof(SectorSize size) {
    return switch (size) {
      case KIB_2 -> SealProof.KIB_2_V1_1;
      case MIB_8 -> SealProof.MIB_8_V1_1;
      case MIB_512 -> SealProof.MIB_512_V1_1;
      default -> throw new RefusedException("The bench seals at most 512MiB.");
    };
  }

  private static String text(Bench.Result result) {
    Table table =
        new Table("Measured", "Runs", "Median", "Min", "Max", "Direct", "Ratio", "Target");
    for (Row row : result.rows()) {
      table.add(
          row.what(),
          row.runs(),
          row.median(),
          row.least(),
          row.most(),
          row.direct(),
          row.ratio(),
          row.target());
    }
    String text = "Machine: %s%n%n%s".formatted(result.machine(), table);
    return result.pieces().isEmpty() ? text : text + "%n%n%s".formatted(pieces(result.pieces()));
  }

  private static Table pieces(List<PieceAssembly.Line> lines) {
    Table table =
        new Table("Piece assembly", "Runs", "Median", "Min", "Max", "Rate", "Speed", "Target");
    for (PieceAssembly.Line line : lines) {
      table.add(
          line.how(),
          line.runs(),
          line.median(),
          line.least(),
          line.most(),
          line.rate(),
          line.speed(),
          line.target());
    }
    return table;
  }

  /** Its output is shown only when it fails. */
  private Program.Answer run(Path home, String... arguments) {
    Map<String, String> environment = new HashMap<>(shell.environment());
    environment
        .keySet()
        .removeIf(key -> key.startsWith("TEMPORAL_") || key.startsWith("RESEAL_CATALOG_"));
    List<String> full = new ArrayList<>(List.of("--home", home.toString()));
    full.addAll(List.of(arguments));
    StringWriter said = new StringWriter();
    PrintWriter writer = new PrintWriter(said);
    int status =
        program.applyAsInt(
            new Surroundings(writer, writer, environment), full.toArray(new String[0]));
    if (status != ExitStatus.DONE) {
      shell.say(said.toString().strip());
    }
    return new Program.Answer(status, said.toString());
  }
}
