package io.reseal.cli.inputs;

import io.reseal.chain.LotusNode;
import io.reseal.cli.arguments.SectorArguments;
import io.reseal.cli.arguments.SectorList;
import io.reseal.cli.shell.Shell;
import io.reseal.config.NodeAddress;
import io.reseal.exchange.LotusMiner;
import io.reseal.exchange.LotusStatusText;
import io.reseal.problem.RefusedException;
import io.reseal.record.Reading;
import io.reseal.sector.SectorId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Imports sectors from lotus-miner. */
@Command(
    name = "lotus",
    description = {
      "Import sectors from lotus-miner.",
      "With NUMBERs, Reseal asks the miner's API, whose address and token are in MINER_API_INFO;"
          + " with --status-text, it reads what `lotus-miner sectors status --log N` printed."
    })
public final class ImportLotusCommand implements Callable<Integer> {

  private static final Path STANDARD_INPUT = Path.of("/dev/stdin");
  private static final String ADDRESS = "MINER_API_INFO";
  private static final int REQUESTS_PER_SECOND = 50;
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final Shell shell;

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "MINER", description = SectorArguments.MINER)
  private SectorArguments.Miner miner;

  @Parameters(
      index = "1..*",
      paramLabel = "NUMBER",
      description = "Sector numbers and ranges, e.g. 123 or 100-120.")
  private List<String> numbers = new ArrayList<>();

  @Option(
      names = "--status-text",
      paramLabel = "FILE",
      description = "What the command printed for one or several sectors; - for standard input.")
  private List<Path> texts = new ArrayList<>();

  @Mixin private ImportMixin intake;

  public ImportLotusCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    if (numbers.isEmpty() == texts.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "Give either NUMBERs to ask the miner for, or --status-text FILE.");
    }
    return numbers.isEmpty()
        ? intake.takeEach(shell, texts, this::read)
        : intake.take(shell, asked(SectorList.named(spec, miner.number(), numbers)), () -> "");
  }

  private Reading read(Path text) {
    return LotusStatusText.read(
        miner.number(), text.toString().equals("-") ? STANDARD_INPUT : text);
  }

  private ImportMixin.Source asked(List<SectorId> sectors) {
    LotusNode node =
        new LotusNode(
            address(),
            LotusNode.Api.MINER,
            LotusNode.Manners.standard(REQUESTS_PER_SECOND, TIMEOUT));
    LotusMiner lotus = new LotusMiner(node::call, node.toString());
    return (taker, leaver) -> lotus.each(sectors, taker, leaver);
  }

  private NodeAddress address() {
    String text = shell.environment().get(ADDRESS);
    if (text == null || text.isBlank()) {
      throw new RefusedException(
          ADDRESS
              + " is not set: put the miner's address in it, as `lotus-miner auth api-info --perm"
              + " read` prints it.");
    }
    try {
      return NodeAddress.parse(text)
          .withPlaintextToken(shell.installation().chain().plaintextTokens());
    } catch (IllegalArgumentException e) {
      throw new RefusedException("%s cannot be used. %s".formatted(ADDRESS, e.getMessage()));
    }
  }
}
