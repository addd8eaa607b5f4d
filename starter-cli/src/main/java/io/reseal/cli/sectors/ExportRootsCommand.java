package io.reseal.cli.sectors;

import io.reseal.cli.arguments.SectorArguments;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.exchange.RootsFile;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Prints the roots of trees that the catalog knows, to be kept elsewhere. */
@Command(
    name = "export-roots",
    description =
        "Print comm_c and comm_r_last of all sectors of which they are known, one JSON object a"
            + " line, for `import-roots`.")
public final class ExportRootsCommand implements Callable<Integer> {

  private final Shell shell;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "MINER",
      description = "Only sectors of this miner, e.g. f01001 or 1001.")
  private SectorArguments.Miner miner;

  public ExportRootsCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    try (Services services = shell.services()) {
      services
          .catalog()
          .roots()
          .each(
              Optional.ofNullable(miner).map(SectorArguments.Miner::number),
              roots -> shell.out().println(RootsFile.line(roots)));
    }
    shell.out().flush();
    return ExitStatus.DONE;
  }
}
