package io.reseal.cli;

import io.reseal.catalog.SectorFindings;
import io.reseal.exchange.LotusStatusText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes sectors as lotus-miner knows them. */
@Command(
    name = "lotus",
    description = "Take sectors as lotus-miner prints them: `lotus-miner sectors status --log N`.")
final class ImportLotusCommand implements Callable<Integer> {

  private static final Path STANDARD_INPUT = Path.of("/dev/stdin");

  private final Shell shell;

  @Parameters(index = "0", paramLabel = "MINER", description = "1001, f01001 or t01001.")
  private SectorArguments.Miner miner;

  @Option(
      names = "--status-text",
      required = true,
      paramLabel = "FILE",
      description = "What the command printed, of one sector or several; - for the standard input.")
  private List<Path> texts = new ArrayList<>();

  @Mixin private IntakeMixin intake;

  ImportLotusCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    List<SectorFindings> words = new ArrayList<>();
    texts.forEach(text -> words.addAll(read(text)));
    return intake.take(shell, words);
  }

  private List<SectorFindings> read(Path text) {
    return LotusStatusText.findings(
        miner.number(), text.toString().equals("-") ? STANDARD_INPUT : text);
  }
}
