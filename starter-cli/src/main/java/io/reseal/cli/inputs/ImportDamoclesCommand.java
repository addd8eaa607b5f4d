package io.reseal.cli.inputs;

import io.reseal.cli.shell.Shell;
import io.reseal.exchange.DamoclesReader;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Imports sector states exported by damocles. */
@Command(
    name = "damocles",
    description =
        "Import sector states exported by damocles: `util sealer sectors state export-json`.")
public final class ImportDamoclesCommand implements Callable<Integer> {

  private final Shell shell;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "One or more sector states, one after another or in a JSON array.")
  private List<Path> files;

  @Mixin private ImportMixin intake;

  public ImportDamoclesCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    return intake.takeEach(shell, files, DamoclesReader::read);
  }
}
