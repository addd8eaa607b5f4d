package io.reseal.cli.losses;

import io.reseal.appraisal.LossReading;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.LossScanRow;
import io.reseal.cli.arguments.SectorArguments;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.OutputMixin;
import io.reseal.problem.RefusedException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what the newest scan of a miner found. */
@Command(
    name = "losses",
    description = {
      "Show the sectors of a miner that are lost, faulty or disputed, as the newest scan found them"
          + " (reseal losses scan): what is lost, how long there is, what waiting costs, and the"
          + " cheapest repair. What is worst to wait for comes first.",
      "Exit status 1 if there are any."
    })
public final class LossesCommand implements Callable<Integer> {

  private final Shell shell;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "MINER",
      description = {SectorArguments.MINER, "Not needed if only one miner was scanned."})
  private SectorArguments.Miner miner;

  @Option(
      names = "--pieces",
      description =
          "List the pieces that the repairs need and no host has found, instead of the sectors.")
  private boolean pieces;

  @Mixin private OutputMixin output;

  public LossesCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    try (Services services = shell.services()) {
      LossReading.Read read =
          services.losses().read(scan(services.catalog()), System.currentTimeMillis());
      if (pieces) {
        List<LossView.NeededPiece> needed = LossView.pieces(read);
        output.print(shell.out(), needed, () -> LossText.pieces(needed, read.unasked()));
      } else {
        LossView view = LossView.of(read);
        output.print(shell.out(), view, () -> LossText.of(view));
      }
      return read.lines().isEmpty() ? ExitStatus.DONE : ExitStatus.FAILED;
    }
  }

  private LossScanRow scan(Catalog catalog) {
    long of = miner == null ? onlyMiner(catalog.losses().miners()) : miner.number();
    return ScannedMiner.latest(catalog, of);
  }

  private static long onlyMiner(List<Long> scanned) {
    if (scanned.size() != 1) {
      throw new RefusedException(
          scanned.isEmpty()
              ? "No miner was scanned yet: `reseal losses scan MINER`."
              : "Give the miner: scanned were %s."
                  .formatted(
                      scanned.stream().map("f0%d"::formatted).collect(Collectors.joining(", "))));
    }
    return scanned.get(0);
  }
}
