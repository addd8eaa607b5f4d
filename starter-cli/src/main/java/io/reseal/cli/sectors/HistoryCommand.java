package io.reseal.cli.sectors;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.reseal.catalog.Catalog;
import io.reseal.cli.arguments.SectorLookup;
import io.reseal.cli.arguments.SectorMixin;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.Listing;
import io.reseal.cli.show.Spans;
import io.reseal.cli.show.WatchableOutput;
import io.reseal.contract.RunRecord;
import io.reseal.contract.StateChange;
import io.reseal.sector.SectorId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows every rebuild of a sector that the catalog knows. */
@Command(name = "history", description = "Show every rebuild of a sector, state by state.")
public final class HistoryCommand implements Callable<Integer> {

  /**
   * One rebuild.
   *
   * @param run the run
   * @param changes its state changes in order
   */
  public record Rebuild(@JsonUnwrapped RunRecord run, List<StateChange> changes) {}

  private final Shell shell;

  @Mixin private SectorMixin named;

  @Mixin private WatchableOutput output;

  public HistoryCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    SectorId sector = named.id();
    try (Services services = shell.services()) {
      Catalog catalog = services.catalog();
      List<Rebuild> rebuilds =
          catalog.runs().ofSector(sector).stream()
              .map(run -> new Rebuild(run, catalog.runs().changes(run.runId())))
              .toList();
      if (rebuilds.isEmpty()) {
        SectorLookup.require(catalog, sector);
      }
      output.print(shell.out(), rebuilds, () -> text(sector, rebuilds));
    }
    return ExitStatus.DONE;
  }

  private static String text(SectorId sector, List<Rebuild> rebuilds) {
    Listing listing = new Listing();
    listing.line(0, "Rebuilds of %s, the newest first:", sector.fileName());
    for (Rebuild rebuild : rebuilds) {
      RunRecord run = rebuild.run();
      listing.line(0, "");
      listing.line(0, "Run %s:", run.runId());
      listing.value("State", run.state());
      listing.value("Requested by", run.requestedBy());
      listing.valueIfAny("Batch", run.batch());
      listing.value("Started", Spans.time(run.startedAt()));
      listing.value("Ended", Spans.time(run.endedAt()));
      if (run.endedAt() != null) {
        listing.value("Duration", Spans.of(Duration.ofMillis(run.endedAt() - run.startedAt())));
      }
      listing.value("Attempts", run.attempts());
      listing.value("LastErr", run.lastError());
      listing.valueIfAny("Paused", run.paused());
      listing.valueIfAny("Waits for you", run.attention());
      listing.line(0, "");
      listing.block(StageTable.of(rebuild.changes()));
    }
    listing.line(0, "");
    listing.line(0, "Count: %d", rebuilds.size());
    return listing.toString();
  }
}
