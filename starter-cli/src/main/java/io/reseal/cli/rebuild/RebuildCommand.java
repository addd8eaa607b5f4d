package io.reseal.cli.rebuild;

import io.reseal.catalog.Catalog;
import io.reseal.cli.arguments.SectorList;
import io.reseal.cli.arguments.SectorLookup;
import io.reseal.cli.arguments.WorkerFileMixin;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.core.CoreException;
import io.reseal.plan.UnsealedWish;
import io.reseal.problem.RefusedException;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Starts the rebuild of one sector, or of many as a batch. */
@Command(
    name = "rebuild",
    description = {
      "Rebuild lost sectors.",
      "Several sectors, or those of a --file, become a batch, which rebuilds a number of them at a"
          + " time, in the order given."
    })
public final class RebuildCommand implements Callable<Integer> {

  private final Shell shell;

  @Mixin private RebuildMixin rebuilds;

  @Option(names = "--prove", description = "Also make a seal proof.")
  private boolean prove;

  @Option(
      names = "--force",
      description = "Rebuild even if a store has the sector in place and provable.")
  private boolean force;

  @Option(
      names = "--keep-unsealed",
      description = "Also store the unsealed copy, which retrieval reads, if no store has it.")
  private boolean keepUnsealed;

  @Option(
      names = "--candidates",
      paramLabel = "N",
      description =
          "If the recorded inputs give another CommR, try the likeliest other ones too (another"
              + " source's ticket, proof type or pieces, the ticket of a neighboring epoch, ...),"
              + " up to N in all. Those of one proof type are labelled together. The one that gives"
              + " the recorded CommR is kept.")
  private Integer candidates;

  @Option(
      names = "--dry-run",
      description =
          "Only say what would be made, from what the stores of this host have (-c names its file);"
              + " start and change nothing.")
  private boolean dryRun;

  @Mixin private WorkerFileMixin worker;

  public RebuildCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws CoreException, IOException, InterruptedException {
    RebuildMixin.refuseTooFew(candidates);
    RebuildMixin.Kind kind =
        new RebuildMixin.Kind(prove, force, keepUnsealed ? UnsealedWish.ALSO : null, candidates);
    SectorList list = rebuilds.list(shell, kind);
    try (Services services = shell.services()) {
      List<SectorId> sectors = rebuilds.known(shell, services, list).sectors();
      if (prove) {
        refuseNonInteractive(services.catalog(), sectors);
      }
      if (keepUnsealed) {
        List<SectorId> empty = HeldData.without(services.catalog(), sectors);
        if (!empty.isEmpty()) {
          shell.say(
              "Without an unsealed copy, because they hold no data: %s."
                  .formatted(RebuildMixin.some(empty)));
        }
      }
      if (dryRun) {
        new DryRun(shell, worker.require(shell, "the stores"), kind)
            .show(services.catalog(), sectors);
        return ExitStatus.DONE;
      }
      return rebuilds.start(shell, services, sectors, kind);
    }
  }

  private static void refuseNonInteractive(Catalog catalog, List<SectorId> sectors) {
    List<SectorId> withoutSeed =
        sectors.stream()
            .filter(sector -> !SectorLookup.require(catalog, sector).proof().hasPreCommit())
            .toList();
    if (!withoutSeed.isEmpty()) {
      throw new RefusedException(
          "A non-interactive sector has no pre-commit and no seed, so --prove does not apply to it: %s. Nothing was started; leave out --prove."
              .formatted(RebuildMixin.some(withoutSeed)));
    }
  }
}
