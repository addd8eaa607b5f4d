package io.reseal.cli.inputs;

import io.reseal.chain.ChainFindings;
import io.reseal.chain.LotusNodes;
import io.reseal.cli.arguments.SectorArguments;
import io.reseal.cli.arguments.SectorList;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.intake.Intake;
import io.reseal.record.Findings;
import io.reseal.sector.SectorId;
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

  @Mixin private ImportMixin intake;

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
    ChainFindings findings = new ChainFindings(new LotusNodes(shell.installation().chain()));
    ChainFindings.Listing asked =
        all
            ? findings.all(miner.number())
            : new ChainFindings.Listing(faulty ? findings.faulty(miner.number()) : named, 0);
    List<SectorId> sectors = asked.live();
    try (Services services = shell.services()) {
      Intake known = new Intake(services.catalog().findings());
      return intake.take(
          shell,
          (taker, leaver) ->
              findings.each(sectors, known::ticketEpoch, new Taking(taker, leaver, sectors.size())),
          () -> ended(asked.ended()));
    }
  }

  private static String ended(long ended) {
    return ended > 0 ? "%,d that were terminated or have expired".formatted(ended) : "";
  }

  /** Passes on what is found and prints what is not, and the progress. */
  private final class Taking implements ChainFindings.Taker {

    private final Consumer<Findings> taker;
    private final Consumer<String> leaver;
    private final int sectors;
    private int done;

    Taking(Consumer<Findings> taker, Consumer<String> leaver, int sectors) {
      this.taker = taker;
      this.leaver = leaver;
      this.sectors = sectors;
    }

    @Override
    public void found(Findings findings) {
      taker.accept(findings);
      count();
    }

    @Override
    public void nothing(SectorId sector, String why) {
      leaver.accept(why);
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
