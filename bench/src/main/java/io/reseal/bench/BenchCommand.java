package io.reseal.bench;

import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.OutputMixin;
import io.reseal.cli.show.Table;
import io.reseal.problem.RefusedException;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures Reseal in a fresh installation of its own. */
@Command(
    name = "bench",
    description = "Measure rebuilds in a fresh installation of its own; takes a few minutes.")
final class BenchCommand implements Callable<Integer> {

  /** Sealing threads when many rebuilds are measured. */
  private static final int THREADS = 4;

  private static final int PIECE_RUNS = 5;

  private static final int REPAIR_RUNS = 3;

  private final Shell shell;

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

  @Option(
      names = "--repair",
      description =
          "Instead, what a rebuild of a 512MiB sector costs that has lost only some of its files:"
              + " a quarter of an hour on 2 cores.")
  private boolean repair;

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

  BenchCommand(Shell shell) {
    this.shell = shell;
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
    List<RepairCosts.Line> repairs = new ArrayList<>();
    if (isQuick()) {
      shell.say("Assembling a piece of 512MiB.");
      pieces.addAll(
          PieceAssembly.measure(shell.environment(), SealProof.MIB_512_V1_1, PIECE_RUNS, home));
    }
    try (MeasuredInstallation installation = new MeasuredInstallation(shell, home)) {
      if (repair) {
        installation.measure(bench -> repairs.addAll(bench.repairs(large, REPAIR_RUNS)));
      } else {
        installation.measure(bench -> rows.addAll(rows(bench, large)));
      }
      if (withMany) {
        installation.addThreads(THREADS);
        installation.measure(bench -> rows.addAll(bench.many(rebuilds)));
      }
      installation.remove();
    }
    Bench.Result measured = Bench.result(rows, pieces, repairs);
    output.print(shell.out(), measured, () -> text(measured));
    return ExitStatus.DONE;
  }

  private boolean isQuick() {
    return !withoutQuick && !repair;
  }

  private List<Row> rows(Bench bench, SealProof large) throws IOException {
    List<Row> rows = new ArrayList<>();
    if (isQuick()) {
      rows.addAll(bench.quick());
    }
    if (withLarge && !withoutComparison) {
      rows.addAll(bench.large(large, largeRuns));
    }
    if (withLarge) {
      rows.addAll(bench.largeDownload(large, largeRuns));
    }
    return rows;
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
    if (!result.repairs().isEmpty()) {
      return "Machine: %s%n%n%s".formatted(result.machine(), repairs(result.repairs()));
    }
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

  private static Table repairs(List<RepairCosts.Line> lines) {
    Table table = new Table("Lost", "Runs", "Median", "Min", "Max", "Of all", "At 32GiB", "Target");
    for (RepairCosts.Line line : lines) {
      table.add(
          line.lost(),
          line.runs(),
          line.median(),
          line.least(),
          line.most(),
          line.ratio(),
          line.at32GiB(),
          line.target());
    }
    return table;
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
}
