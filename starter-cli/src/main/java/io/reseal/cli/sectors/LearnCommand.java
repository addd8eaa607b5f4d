package io.reseal.cli.sectors;

import io.reseal.cli.arguments.SectorArguments;
import io.reseal.cli.arguments.SectorList;
import io.reseal.cli.arguments.WorkerFileMixin;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.OutputMixin;
import io.reseal.config.WorkerConfig;
import io.reseal.core.CoreException;
import io.reseal.doctor.HostCore;
import io.reseal.files.Store;
import io.reseal.files.Stores;
import io.reseal.intake.Learned;
import io.reseal.problem.RefusedException;
import io.reseal.sector.SectorId;
import io.reseal.steps.StoredRoots;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Keeps in the catalog what the sectors in a host's stores cannot be rebuilt quickly without. */
@Command(
    name = "learn",
    description = {
      "Read comm_c and comm_r_last from the p_aux of sectors in this host's stores. Where one is"
          + " missing, read comm_c from the proofs that Curio keeps with an update, from tree C or"
          + " from SupraSeal's commit-phase1-output, and comm_r_last from tree R. Compare them with"
          + " CommR, and keep them in the catalog. With comm_c, less of a sector"
          + " has to be made again when files of it are lost. Changes nothing in the stores.",
      "Exit status 0 if all are known now, 1 if some were left out."
    })
public final class LearnCommand implements Callable<Integer> {

  private final Shell shell;

  @Spec private CommandSpec spec;

  @Mixin private WorkerFileMixin worker;

  @Option(names = "--store", paramLabel = "NAME", description = "Read only the store of that name.")
  private String store;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "MINER",
      description = "Read only sectors of this miner, e.g. f01001 or 1001.")
  private SectorArguments.Miner miner;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "NUMBER",
      description = "Read only these: sector numbers and ranges, e.g. 123 or 100-120.")
  private List<String> numbers = List.of();

  @Mixin private OutputMixin output;

  public LearnCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws CoreException {
    StoredRoots.Wanted wanted = wanted();
    WorkerConfig config = worker.require(shell, "the stores");
    List<Store> stores = stores(config);
    HostCore core = HostCore.find(Optional.of(config), shell.environment());
    List<Learned> all = new ArrayList<>();
    List<SectorId> unseen;
    try (Services services = shell.services()) {
      StoredRoots roots =
          new StoredRoots(
              services.catalog(),
              core.chosen().library(),
              request -> core.run(request, progress -> {}),
              config.name());
      for (Store one : stores) {
        shell.say("Reading store \"%s\" …".formatted(one.name()));
        all.add(roots.learn(one, wanted));
      }
      unseen = roots.unseen(wanted);
    }
    LearnedText.sayLeftOut(shell, all);
    if (!unseen.isEmpty()) {
      shell.say(
          "No store of this host has anything of %s: run this on the host that has it."
              .formatted(
                  unseen.stream().map(SectorId::toString).collect(Collectors.joining(", "))));
    }
    output.print(shell.out(), all, () -> LearnedText.table(all));
    return unseen.isEmpty() && all.stream().allMatch(one -> one.leftOut().isEmpty())
        ? ExitStatus.DONE
        : ExitStatus.FAILED;
  }

  private StoredRoots.Wanted wanted() {
    return new StoredRoots.Wanted(
        Optional.ofNullable(miner).map(SectorArguments.Miner::number),
        numbers.isEmpty() ? List.of() : SectorList.named(spec, miner.number(), numbers));
  }

  private List<Store> stores(WorkerConfig config) {
    List<Store> all = Stores.of(config).all();
    List<Store> wanted =
        all.stream().filter(one -> store == null || one.name().equals(store)).toList();
    if (wanted.isEmpty()) {
      throw new RefusedException(
          store == null
              ? "This host's file attaches no store ([[attached]]): there is nothing to read."
              : "This host has no store \"%s\"; it has %s."
                  .formatted(
                      store,
                      all.stream()
                          .map(one -> "\"" + one.name() + "\"")
                          .collect(Collectors.joining(", "))));
    }
    return wanted;
  }
}
