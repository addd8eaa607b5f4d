package io.reseal.cli;

import io.reseal.catalog.RunFilter;
import io.reseal.catalog.SectorRecord;
import io.reseal.contract.RunRecord;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Lists rebuilds, or the sectors that the catalog knows. */
@Command(
    name = "list",
    description = {
      "List rebuilds or sectors.",
      "With --rebuild --sealing=false: the rebuilds in progress; with --offline as well: those that"
          + " have ended. Without --rebuild: the sectors in the catalog."
    })
final class ListCommand implements Callable<Integer> {

  private final Shell shell;

  @Spec private CommandSpec spec;

  @Option(names = "--rebuild", description = "List rebuilds.")
  private boolean rebuild;

  @Option(
      names = "--sealing",
      arity = "0..1",
      paramLabel = "BOOL",
      defaultValue = "true",
      fallbackValue = "true",
      description = "Without --rebuild: list the sectors; default: ${DEFAULT-VALUE}.")
  private boolean sealing;

  @Option(names = "--offline", description = "With --rebuild: those that have ended.")
  private boolean offline;

  @Option(names = "--miner", paramLabel = "MINER", description = "Only this miner's.")
  private SectorArguments.Miner miner;

  @Mixin private OutputMixin output;

  ListCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    if (!rebuild && !sealing) {
      throw new ParameterException(
          spec.commandLine(),
          "Nothing would be listed: add --rebuild, or leave out --sealing=false.");
    }
    try (Services services = shell.services()) {
      if (rebuild) {
        RunFilter filter = miner == null ? RunFilter.ANY : RunFilter.ofMiner(miner.number());
        List<RunRecord> runs =
            offline
                ? services.catalog().runs().ended(filter)
                : services.catalog().runs().unfinished(filter);
        output.print(shell.out(), runs, () -> runs(runs));
      } else {
        List<SectorRecord> sectors =
            services
                .catalog()
                .sectors()
                .list(Optional.ofNullable(miner).map(SectorArguments.Miner::number));
        output.print(shell.out(), sectors, () -> sectors(sectors));
      }
    }
    return ExitStatus.DONE;
  }

  private static String runs(List<RunRecord> runs) {
    Listing listing = new Listing();
    listing.line(0, "Sectors:");
    for (RunRecord run : runs) {
      listing.line(0, "%s(rebuild):", run.sector().fileName());
      listing.value("Worker", RunText.thread(run));
      listing.value("State", run.state());
      listing.value("Started", Spans.time(run.startedAt()));
      if (run.endedAt() != null) {
        listing.value("Ended", Spans.time(run.endedAt()));
        listing.value("Duration", Spans.of(Duration.ofMillis(run.endedAt() - run.startedAt())));
      }
      listing.value("Attempts", run.attempts());
      listing.value("LastErr", run.lastError());
      if (run.attention() != null) {
        listing.value("Waits for you", run.attention());
      }
      listing.line(0, "");
    }
    listing.line(0, "Count: %d", runs.size());
    return listing.toString();
  }

  private static String sectors(List<SectorRecord> sectors) {
    Listing listing = new Listing();
    listing.line(0, "Sectors:");
    for (SectorRecord sector : sectors) {
      listing.line(0, "%s:", sector.id().fileName());
      listing.value("Proof", sector.proof());
      listing.value("Pieces", sector.pieces().size());
      listing.value("CommR", sector.commR());
      listing.value("Source", sector.source());
      listing.line(0, "");
    }
    listing.line(0, "Count: %d", sectors.size());
    return listing.toString();
  }
}
