package io.reseal.cli.inputs;

import io.reseal.cli.shell.Shell;
import io.reseal.exchange.SealerRecoverFile;
import io.reseal.sector.SectorId;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Imports files exported by filecoin-sealer-recover. */
@Command(
    name = "recover",
    description = "Import files exported by filecoin-sealer-recover: sectors-recovery-MINER.json.")
public final class ImportRecoverCommand implements Callable<Integer> {

  private final Shell shell;

  @Spec private CommandSpec spec;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "sectors-recovery-MINER.json.")
  private List<Path> files;

  @Option(
      names = "--miner",
      paramLabel = "MINER",
      description = "The miner's ID address, if the files name it by a robust one (f1, f2, f3).")
  private String miner;

  @Mixin private ImportMixin intake;

  public ImportRecoverCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    Optional<Long> named = Optional.ofNullable(miner).map(this::number);
    return intake.takeEach(shell, files, file -> SealerRecoverFile.read(file, named));
  }

  private long number(String address) {
    try {
      return SectorId.parseMiner(address);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }
}
