package io.reseal.cli;

import io.reseal.bench.Bench;
import io.reseal.bench.Row;
import io.reseal.demo.Demo;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures Reseal in a fresh installation of its own. */
@Command(
    name = "bench",
    description = "Measure rebuilds, in a fresh installation of its own; a few minutes.")
final class BenchCommand implements Callable<Integer> {

  private final Shell shell;

  @Option(
      names = "--long",
      description = "Also PC1 and PC2 of 512MiB: about half an hour on 2 cores.")
  private boolean withLarge;

  @Option(names = "--long-size", hidden = true, defaultValue = "512MiB")
  private String largeSize;

  @Option(names = "--long-runs", hidden = true, defaultValue = "1")
  private int largeRuns;

  @Mixin private OutputMixin output;

  BenchCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    SealProof large = proof(SectorSize.parse(largeSize));
    if (largeRuns < 1) {
      throw new RefusedException("--long-runs must be 1 or more.");
    }
    Path home = Files.createTempDirectory("reseal-bench-");
    Bench.Result result;
    try (EmbeddedInstallation installation =
        new EmbeddedInstallation(
            UpRequest.of(home, Ports.free(), "bench-host"), shell.environment(), shell::say)) {
      Runtime.getRuntime().addShutdownHook(new Thread(installation::close, "stop"));
      installation.start();
      try (Bench bench =
          new Bench(home, shell.environment(), arguments -> run(home, arguments), shell::say)) {
        result = bench.quick();
        if (withLarge) {
          List<Row> rows = new ArrayList<>(result.rows());
          rows.addAll(bench.large(large, largeRuns));
          result = new Bench.Result(result.machine(), rows);
        }
      }
    }
    Demo.remove(home);
    Bench.Result measured = result;
    output.print(shell.out(), measured, () -> text(measured));
    return ExitStatus.DONE;
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
    return "Machine: %s%n%n%s".formatted(result.machine(), table);
  }

  /** Its output is shown only when it fails. */
  private int run(Path home, String... arguments) {
    Map<String, String> environment = new HashMap<>(shell.environment());
    environment
        .keySet()
        .removeIf(key -> key.startsWith("TEMPORAL_") || key.startsWith("RESEAL_CATALOG_"));
    List<String> full = new ArrayList<>(List.of("--home", home.toString()));
    full.addAll(List.of(arguments));
    StringWriter said = new StringWriter();
    PrintWriter writer = new PrintWriter(said);
    int status =
        Reseal.commandLine(new Surroundings(writer, writer, environment))
            .execute(full.toArray(new String[0]));
    if (status != ExitStatus.DONE) {
      shell.say(said.toString().strip());
    }
    return status;
  }
}
