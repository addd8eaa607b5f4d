package io.reseal.cli.inputs;

import io.reseal.cli.shell.Shell;
import io.reseal.exchange.SealerRecoverFile;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Imports files exported by filecoin-sealer-recover. */
@Command(
    name = "recover",
    description = "Import files exported by filecoin-sealer-recover: sectors-recovery-MINER.json.")
public final class ImportRecoverCommand implements Callable<Integer> {

  private final Shell shell;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "sectors-recovery-MINER.json.")
  private List<Path> files;

  @Mixin private ImportMixin intake;

  public ImportRecoverCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    return intake.takeEach(shell, files, SealerRecoverFile::read);
  }
}
