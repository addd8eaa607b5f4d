package io.reseal.cli.inputs;

import io.reseal.chain.ChainFindings;
import io.reseal.chain.LotusNode;
import io.reseal.chain.LotusNodes;
import io.reseal.cli.arguments.SectorArguments;
import io.reseal.cli.arguments.SectorList;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Shell;
import io.reseal.config.ChainSettings;
import io.reseal.record.Findings;
import io.reseal.sector.SectorId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Imports what the chain knows about sectors. */
@Command(
    name = "chain",
    description =
        "Import what the chain knows about sectors, from the nodes in FULLNODE_API_INFO or"
            + " [[chain.node]].")
public final class ImportChainCommand implements Callable<Integer> {

  private static final int PROGRESS = 1000;

  private final Shell shell;

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "MINER", description = SectorArguments.MINER)
  private SectorArguments.Miner miner;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "NUMBER",
      description = "Sector numbers and ranges, e.g. 123 or 100-120.")
  private List<String> numbers = List.of();

  @Option(
      names = "--all",
      description =
          "All sectors of the miner that are proven and have not expired or been terminated.")
  private boolean all;

  @Option(
      names = "--faulty",
      description = "All sectors of the miner that the chain lists as faulty.")
  private boolean faulty;

  @Mixin private IntakeMixin intake;

  public ImportChainCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    if ((numbers.isEmpty() ? 0 : 1) + (all ? 1 : 0) + (faulty ? 1 : 0) != 1) {
      throw new ParameterException(
          spec.commandLine(), "Name the sectors by their numbers, or by --all or --faulty.");
    }
    List<SectorId> named = SectorList.named(spec, miner.number(), numbers);
    ChainSettings chain = shell.installation().chain();
    ChainFindings findings =
        new ChainFindings(
            new LotusNodes(
                LotusNode.of(chain.nodes(), chain.requestsPerSecond(), chain.timeout())));
    ChainFindings.Listing asked =
        all
            ? findings.all(miner.number())
            : new ChainFindings.Listing(faulty ? findings.faulty(miner.number()) : named, 0);
    List<SectorId> sectors = asked.live();
    List<SectorId> without = new ArrayList<>();
    int status =
        intake.takeEach(
            shell,
            taker -> findings.each(sectors, new Taking(taker, without, sectors.size())),
            () -> leftOut(asked.ended(), without.size()));
    return without.isEmpty() ? status : ExitStatus.FAILED;
  }

  private static String leftOut(long ended, int without) {
    List<String> parts = new ArrayList<>();
    if (ended > 0) {
      parts.add("%,d that were terminated or have expired".formatted(ended));
    }
    if (without > 0) {
      parts.add("%,d of which nothing was imported, see above".formatted(without));
    }
    return String.join(", ", parts);
  }

  /** Passes on what is found and prints what is not, and the progress. */
  private final class Taking implements ChainFindings.Taker {

    private final Consumer<Findings> taker;
    private final List<SectorId> without;
    private final int sectors;
    private int done;

    Taking(Consumer<Findings> taker, List<SectorId> without, int sectors) {
      this.taker = taker;
      this.without = without;
      this.sectors = sectors;
    }

    @Override
    public void found(Findings findings) {
      taker.accept(findings);
      count();
    }

    @Override
    public void nothing(SectorId sector, String why) {
      without.add(sector);
      shell.say(why);
      count();
    }

    private void count() {
      done++;
      if (done % PROGRESS == 0) {
        shell.say("%,d of %,d sectors.".formatted(done, sectors));
      }
    }
  }
}
