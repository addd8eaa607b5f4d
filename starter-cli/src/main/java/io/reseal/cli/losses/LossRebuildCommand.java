package io.reseal.cli.losses;

import io.reseal.appraisal.LossReading;
import io.reseal.catalog.BatchRecord;
import io.reseal.catalog.Catalog;
import io.reseal.cli.arguments.SectorArguments;
import io.reseal.cli.batch.BatchEstimate;
import io.reseal.cli.batch.BatchStart;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Requester;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.Spans;
import io.reseal.sector.SectorId;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Rebuilds what the newest scan of a miner found lost. */
@Command(
    name = "rebuild",
    description = {
      "Rebuild what the newest scan of a miner found lost or damaged, as a batch, in the order of"
          + " `reseal losses`: what is worst to wait for first.",
      "Sectors that cannot be proven in time, or that lack a record or pieces, are left out and"
          + " named. Exit status 1 if there are any."
    })
public final class LossRebuildCommand implements Callable<Integer> {

  private final Shell shell;

  @Parameters(index = "0", paramLabel = "MINER", description = SectorArguments.MINER)
  private SectorArguments.Miner miner;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "The batch's name; default: losses, the miner, and the time of the scan.")
  private String name;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      defaultValue = "64",
      description =
          "How many rebuilds of the batch run or wait for a thread at a time; default: 64.")
  private int parallel;

  @Option(
      names = "--dry-run",
      description = "Only list the sectors in their order, and those that would be left out.")
  private boolean dryRun;

  @Spec private CommandSpec spec;

  public LossRebuildCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    try (Services services = shell.services()) {
      Catalog catalog = services.catalog();
      LossReading.Read read =
          LossReading.of(
              catalog, ScannedMiner.latest(catalog, miner.number()), System.currentTimeMillis());
      shell.say("By the scan of " + Spans.time(read.scan().askedAt()) + ":");
      Chosen chosen = Chosen.of(read, catalog);
      chosen.leftOut().forEach(left -> shell.say("left out: " + left));
      if (chosen.sectors().isEmpty()) {
        shell.line("Nothing that is lost can be rebuilt now.");
      } else {
        rebuild(services, batch(read, chosen), chosen.sectors());
      }
      return chosen.leftOut().isEmpty() ? ExitStatus.DONE : ExitStatus.FAILED;
    }
  }

  private void rebuild(Services services, BatchRecord batch, List<SectorId> sectors) {
    BatchEstimate.of(services.catalog(), batch, sectors, Instant.now())
        .sentences()
        .forEach(shell::say);
    if (dryRun) {
      sectors.forEach(sector -> shell.line(sector.toString()));
    } else {
      new BatchStart(shell, services).ask(batch, sectors);
    }
  }

  private BatchRecord batch(LossReading.Read read, Chosen chosen) {
    String named =
        name == null
            ? "losses-f0%d-%d".formatted(read.scan().miner(), read.scan().startedAt() / 1000)
            : name;
    try {
      return BatchRecord.asked(
              named,
              chosen.sectors().size(),
              parallel,
              null,
              false,
              false,
              false,
              null,
              Requester.name(shell.environment()))
          .orderedByCost();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
