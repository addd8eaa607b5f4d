package io.reseal.cli.sectors;

import io.reseal.cli.arguments.SectorArguments;
import io.reseal.cli.arguments.SectorLookup;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.exchange.DamoclesSectorState;
import io.reseal.sector.SectorId;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Writes a sector's record in the older system's form. */
@Command(name = "export-json", description = "Write a sector's record as the older system's JSON.")
public final class ExportJsonCommand implements Callable<Integer> {

  private final Shell shell;

  @Parameters(index = "0", paramLabel = "MINER", description = "1001, f01001 or t01001.")
  private SectorArguments.Miner miner;

  @Parameters(index = "1", paramLabel = "NUMBER", description = "Sector number.")
  private SectorArguments.SectorNumber number;

  public ExportJsonCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    try (Services services = shell.services()) {
      shell
          .out()
          .println(
              DamoclesSectorState.write(
                  SectorLookup.require(
                      services.catalog(), new SectorId(miner.number(), number.value()))));
      shell.out().flush();
    }
    return ExitStatus.DONE;
  }
}
