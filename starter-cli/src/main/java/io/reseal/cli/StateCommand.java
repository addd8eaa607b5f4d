package io.reseal.cli;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.SectorRecord;
import io.reseal.catalog.ThreadRow;
import io.reseal.contract.RunRecord;
import io.reseal.contract.StateChange;
import io.reseal.sector.SectorId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what is known of a sector and of its newest rebuild. */
@Command(name = "state", description = "Show a sector and its newest rebuild.")
final class StateCommand implements Callable<Integer> {

  private final Shell shell;

  @Spec private CommandSpec spec;

  // Not required by picocli, which would ask for them before import-json and export-json as well.
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "MINER",
      description = "1001, f01001 or t01001.")
  private SectorArguments.Miner miner;

  @Parameters(index = "1", arity = "0..1", paramLabel = "NUMBER", description = "Sector number.")
  private SectorArguments.SectorNumber number;

  @Mixin private OutputMixin output;

  StateCommand(Shell shell) {
    this.shell = shell;
  }

  @Option(
      names = "--offline",
      description =
          "Taken for the sake of runbooks: a rebuild that has ended is shown without it too.")
  void offline(boolean unused) {}

  /**
   * All that {@code state} shows.
   *
   * @param sector the catalog's record
   * @param run the newest rebuild, or null
   * @param changes its state changes in order
   * @param thread the sealing thread that holds the sector now, or null
   */
  record SectorState(
      SectorRecord sector, RunRecord run, List<StateChange> changes, ThreadRow thread) {}

  @Override
  public Integer call() {
    if (miner == null || number == null) {
      throw new ParameterException(
          spec.commandLine(), "Give the miner and the sector number, as state 1001 123.");
    }
    SectorId sector = new SectorId(miner.number(), number.value());
    try (Services services = shell.services()) {
      SectorState state = read(services.catalog(), sector);
      output.print(shell.out(), state, () -> new StatePage(state).text());
    }
    return ExitStatus.DONE;
  }

  private static SectorState read(Catalog catalog, SectorId sector) {
    SectorRecord record = SectorLookup.require(catalog, sector);
    Optional<RunRecord> run = catalog.runs().latest(sector);
    return new SectorState(
        record,
        run.orElse(null),
        run.map(found -> catalog.runs().changes(found.runId())).orElse(List.of()),
        catalog.threads().all().stream()
            .filter(thread -> sector.equals(thread.sector()))
            .findFirst()
            .orElse(null));
  }
}
