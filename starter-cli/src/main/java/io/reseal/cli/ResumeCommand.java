package io.reseal.cli;

import io.reseal.sector.SectorId;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Let a rebuild that waits for you go on. */
@Command(name = "resume", description = "Let a rebuild that waits for you go on.")
final class ResumeCommand implements Callable<Integer> {

  private final Shell shell;

  @Parameters(index = "0", paramLabel = "MINER", description = "1001, f01001 or t01001.")
  private SectorArguments.Miner miner;

  @Parameters(index = "1", paramLabel = "NUMBER", description = "Sector number.")
  private SectorArguments.SectorNumber number;

  ResumeCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    return new OperatorUpdate(shell).send("resume", new SectorId(miner.number(), number.value()));
  }
}
