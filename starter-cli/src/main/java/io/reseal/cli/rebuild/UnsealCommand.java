package io.reseal.cli.rebuild;

import io.reseal.cli.arguments.SectorList;
import io.reseal.cli.arguments.WorkerFileMixin;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.core.CoreException;
import io.reseal.plan.UnsealedWish;
import io.reseal.problem.RefusedException;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Starts rebuilds that store unsealed copies and make nothing else. */
@Command(
    name = "unseal",
    description = {
      "Store the unsealed copies of sectors, which retrieval reads, where no store has them.",
      "Their data come from their pieces; from an update and its key; or, if nothing else is left,"
          + " from the sealed file and its labels, which takes as long as PC1. What is stored has"
          + " the recorded CommD. Nothing else of the sectors is made or changed.",
      "Several sectors, or those of a --file, become a batch."
    })
public final class UnsealCommand implements Callable<Integer> {

  private static final RebuildMixin.Kind KIND =
      new RebuildMixin.Kind(false, false, UnsealedWish.ONLY, null);

  private final Shell shell;

  @Mixin private RebuildMixin rebuilds;

  @Option(
      names = "--dry-run",
      description =
          "Only say what would be done, from what the stores of this host have (-c names its file);"
              + " start and change nothing.")
  private boolean dryRun;

  @Mixin private WorkerFileMixin worker;

  public UnsealCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws CoreException, IOException, InterruptedException {
    SectorList list = rebuilds.list(shell, KIND);
    try (Services services = shell.services()) {
      List<SectorId> sectors = new ArrayList<>(rebuilds.known(shell, services, list).sectors());
      List<SectorId> empty = HeldData.without(services.catalog(), sectors);
      sectors.removeAll(empty);
      if (sectors.isEmpty()) {
        throw new RefusedException(
            "There is nothing to unseal, because these hold no data: %s. Nothing was started."
                .formatted(RebuildMixin.some(empty)));
      }
      if (!empty.isEmpty()) {
        shell.say("Left out, because they hold no data: %s.".formatted(RebuildMixin.some(empty)));
      }
      if (dryRun) {
        new DryRun(shell, worker.require(shell, "the stores"), KIND)
            .show(services.catalog(), sectors);
        return ExitStatus.DONE;
      }
      return rebuilds.start(shell, services, sectors, KIND);
    }
  }
}
