package io.reseal.cli;

import io.reseal.sector.SectorId;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Drop a rebuild: stops it and removes its own scratch files, nothing else. */
@Command(
    name = "abort",
    description = "Drop a rebuild: stops it and removes its own scratch files, nothing else.")
final class AbortCommand implements Callable<Integer> {

  private final Shell shell;

  @Parameters(index = "0", paramLabel = "MINER", description = "1001, f01001 or t01001.")
  private SectorArguments.Miner miner;

  @Parameters(index = "1", paramLabel = "NUMBER", description = "Sector number.")
  private SectorArguments.SectorNumber number;

  AbortCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    return new OperatorUpdate(shell).send("abort", new SectorId(miner.number(), number.value()));
  }
}
