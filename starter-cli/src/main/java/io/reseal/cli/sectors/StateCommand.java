package io.reseal.cli.sectors;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.CopyRow;
import io.reseal.catalog.FollowedRow;
import io.reseal.catalog.RebuildLine;
import io.reseal.catalog.ThreadRow;
import io.reseal.catalog.UnclearedRow;
import io.reseal.cli.arguments.SectorArguments;
import io.reseal.cli.arguments.SectorLookup;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.WatchableOutput;
import io.reseal.contract.RunRecord;
import io.reseal.contract.StateChange;
import io.reseal.intake.Intake;
import io.reseal.intake.Outcome.Contradiction;
import io.reseal.record.SectorRecord;
import io.reseal.record.SectorRoots;
import io.reseal.sector.SectorId;
import java.util.Comparator;
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

/** Shows what is known about a sector and its most recent rebuild. */
@Command(name = "state", description = "Show a sector and its most recent rebuild.")
public final class StateCommand implements Callable<Integer> {

  private final Shell shell;

  @Spec private CommandSpec spec;

  // Optional for picocli, which would otherwise require them before import-json and export-json
  // too.
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "MINER",
      description = SectorArguments.MINER)
  private SectorArguments.Miner miner;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "NUMBER",
      description = SectorArguments.NUMBER)
  private SectorArguments.SectorNumber number;

  @Mixin private WatchableOutput output;

  @Option(
      names = "--offline",
      description =
          "Read only the catalog, without asking Temporal; ended rebuilds never need Temporal.")
  private boolean offline;

  public StateCommand(Shell shell) {
    this.shell = shell;
  }

  /**
   * All that {@code state} shows.
   *
   * @param sector the catalog's record
   * @param run the newest rebuild, or null
   * @param changes its state changes in order
   * @param thread the sealing thread that holds the sector now, or null
   * @param place place among the rebuilds that wait for a sealing thread, from 1, or null
   * @param waiting how many wait for one, or null likewise
   * @param pending its steps that run or are retried, according to Temporal
   * @param contradictions the facts on which sources differ and no one has decided
   * @param roots the roots of its replicas' trees, as far as they are known, its own first
   * @param copies its copies in the stores of all hosts, as their last checks found them
   * @param uncleared what stores have of it in cache directories that were not cleared
   * @param followed what the chain says of it since it was put back, or null
   * @param note why what is shown may be out of date, or null
   */
  public record SectorState(
      SectorRecord sector,
      RunRecord run,
      List<StateChange> changes,
      ThreadRow thread,
      Integer place,
      Integer waiting,
      List<PendingStep> pending,
      List<Contradiction> contradictions,
      List<SectorRoots> roots,
      List<CopyRow> copies,
      List<UnclearedRow> uncleared,
      FollowedRow followed,
      String note) {

    /** A sector without any known rebuild. */
    static SectorState of(
        SectorRecord sector,
        List<Contradiction> contradictions,
        List<SectorRoots> roots,
        List<CopyRow> copies,
        List<UnclearedRow> uncleared,
        FollowedRow followed) {
      return new SectorState(
          sector,
          null,
          List.of(),
          null,
          null,
          null,
          List.of(),
          contradictions,
          roots,
          copies,
          uncleared,
          followed,
          null);
    }
  }

  @Override
  public Integer call() {
    if (miner == null || number == null) {
      throw new ParameterException(
          spec.commandLine(), "Give the miner and the sector number, e.g. state 1001 123.");
    }
    SectorId sector = new SectorId(miner.number(), number.value());
    try (Services services = shell.services()) {
      SectorState state = read(services, sector);
      output.print(shell.out(), state, () -> new StatePage(state).text());
    }
    return ExitStatus.DONE;
  }

  private SectorState read(Services services, SectorId sector) {
    Catalog catalog = services.catalog();
    SectorRecord record = SectorLookup.require(catalog, sector);
    List<Contradiction> contradictions = new Intake(catalog.findings()).contradictions(sector);
    List<SectorRoots> roots = catalog.roots().of(record);
    List<CopyRow> copies = catalog.copies().of(sector);
    List<UnclearedRow> uncleared = catalog.copies().uncleared(sector);
    FollowedRow followed = catalog.followed().of(sector).orElse(null);
    RunRecord run = catalog.runs().latest(sector).orElse(null);
    if (run == null) {
      return SectorState.of(record, contradictions, roots, copies, uncleared, followed);
    }
    Optional<RebuildLine> line = catalog.runs().unfinished(run.runId());
    TemporalLook look =
        offline || line.isEmpty()
            ? new TemporalLook(List.of(), null)
            : TemporalLook.at(services.temporal(), run);
    return new SectorState(
        record,
        line.map(RebuildLine::run).orElse(run),
        catalog.runs().changes(run.runId()),
        catalog.threads().all().stream()
            .filter(thread -> sector.equals(thread.sector()))
            .max(Comparator.comparing(ThreadRow::seenAt))
            .orElse(null),
        line.map(RebuildLine::place).orElse(null),
        line.map(RebuildLine::waiting).orElse(null),
        look.pending(),
        contradictions,
        roots,
        copies,
        uncleared,
        followed,
        look.note());
  }
}
