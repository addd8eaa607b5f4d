package io.reseal.cli.losses;

import io.reseal.appraisal.BatchPlan;
import io.reseal.appraisal.LossReading;
import io.reseal.appraisal.Obstacle;
import io.reseal.catalog.BatchRecord;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.ThreadRow;
import io.reseal.cli.arguments.SectorArguments;
import io.reseal.cli.batch.BatchEstimate;
import io.reseal.cli.batch.BatchLosses;
import io.reseal.cli.batch.BatchStart;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.Spans;
import io.reseal.contract.HeldBack;
import io.reseal.sector.SectorId;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
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
      "Sectors that lack a record or pieces, or that cannot be proven before they end, are named;"
          + " the batch starts them once that has changed by its newest scan or by what was brought"
          + " in. Exit status 1 if there are any."
    })
public final class LossRebuildCommand implements Callable<Integer> {

  /** Even if more hosts join soon, they find work. */
  private static final int LEAST_PARALLEL = 16;

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
      description =
          "How many rebuilds of the batch run or wait for a thread at a time. Default: twice the"
              + " sealing threads that take work now, at least 16. The order of those that wait for"
              + " a thread changes no more.")
  private Integer parallel;

  @Option(
      names = "--all",
      description = "Also rebuild sectors that cannot be proven before they end.")
  private boolean insist;

  @Option(
      names = "--dry-run",
      description = "Only list the sectors in their order, and those that would not start.")
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
          services
              .losses()
              .read(ScannedMiner.latest(catalog, miner.number()), System.currentTimeMillis());
      shell.say("By the scan of " + Spans.time(read.scan().askedAt()) + ":");
      Instant now = Instant.now();
      List<ThreadRow> threads = catalog.threads().all();
      int taking = BatchPlan.taking(null, threads, now);
      int atATime = parallel == null ? Math.max(LEAST_PARALLEL, 2 * taking) : parallel;
      Chosen chosen = Chosen.of(read, insist, Math.min(taking, atATime), now);
      chosen.heldBack().forEach(this::sayHeldBack);
      if (chosen.isWorthwhile()) {
        rebuild(services, batch(read, chosen, atATime), read, chosen, threads, now);
      } else {
        shell.line(
            chosen.heldBack().isEmpty()
                ? "Nothing is lost."
                : "Nothing that is lost can be proven before it ends; to rebuild it all the same:"
                    + " --all.");
      }
      return chosen.heldBack().isEmpty() ? ExitStatus.DONE : ExitStatus.FAILED;
    }
  }

  private void sayHeldBack(SectorId sector, Obstacle obstacle) {
    shell.say(
        "%s %s: %s"
            .formatted(
                obstacle.kind() == HeldBack.TOO_LATE ? "too late:" : "waits:",
                sector,
                obstacle.why()));
  }

  private void rebuild(
      Services services,
      BatchRecord batch,
      LossReading.Read read,
      Chosen chosen,
      List<ThreadRow> threads,
      Instant now) {
    BatchLosses losses = new BatchLosses(Stream.of(read), now);
    BatchLosses.Planned planned = losses.plan(batch, threads, chosen.ready());
    if (!chosen.ready().isEmpty()) {
      BatchEstimate.of(planned, batch, threads, now).sentences().forEach(shell::say);
    }
    if (dryRun) {
      chosen.ready().forEach(sector -> shell.line(sector.toString()));
    } else {
      List<SectorId> waiting = List.copyOf(chosen.heldBack().keySet());
      new BatchStart(shell, services)
          .ask(
              batch,
              chosen.sectors(),
              () ->
                  Stream.concat(planned.losses().stream(), losses.withoutPlan(waiting).stream())
                      .toList());
    }
  }

  private BatchRecord batch(LossReading.Read read, Chosen chosen, int atATime) {
    String named =
        name == null
            ? "losses-f0%d-%d".formatted(read.scan().miner(), read.scan().startedAt() / 1000)
            : name;
    try {
      return BatchRecord.asked(
              named,
              chosen.sectors().size(),
              atATime,
              null,
              false,
              false,
              false,
              null,
              shell.requester())
          .orderedByCost(insist);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
