package io.reseal.cli.inputs;

import io.reseal.cli.shell.Shell;
import io.reseal.exchange.SealerRecoverFile;
import io.reseal.record.Findings;
import java.nio.file.Path;
import java.util.ArrayList;
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

  @Mixin private IntakeMixin intake;

  public ImportRecoverCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    List<Findings> found = new ArrayList<>();
    files.forEach(file -> found.addAll(SealerRecoverFile.findings(file)));
    return intake.take(shell, found);
  }
}
