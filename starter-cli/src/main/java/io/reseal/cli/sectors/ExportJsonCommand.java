package io.reseal.cli.sectors;

import io.reseal.cli.arguments.SectorLookup;
import io.reseal.cli.arguments.SectorMixin;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.exchange.DamoclesWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Prints a sector's record in damocles' format. */
@Command(name = "export-json", description = "Print a sector's record as JSON in damocles' format.")
public final class ExportJsonCommand implements Callable<Integer> {

  private final Shell shell;

  @Mixin private SectorMixin sector;

  public ExportJsonCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    try (Services services = shell.services()) {
      shell
          .out()
          .println(DamoclesWriter.write(SectorLookup.require(services.catalog(), sector.id())));
      shell.out().flush();
    }
    return ExitStatus.DONE;
  }
}
