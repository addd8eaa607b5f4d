package io.reseal.cli.host;

import io.reseal.catalog.HostRow;
import io.reseal.catalog.StoreRow;
import io.reseal.catalog.ThreadRow;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.Table;
import io.reseal.cli.show.WatchableOutput;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * Shows the sealing threads of any host as a table, then its stores, its native core and its GPUs.
 */
@Command(
    name = "info",
    description =
        "Show a host's sealing threads, its stores, its GPUs, and which flavour of the native core"
            + " it runs and why.")
public final class UtilInfoCommand implements Callable<Integer> {

  private final Shell shell;

  @Parameters(index = "0", paramLabel = "NAME", description = ThreadTexts.HOST)
  private String host;

  @Mixin private WatchableOutput output;

  public UtilInfoCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    try (Services services = shell.services()) {
      String name = new KnownHosts(services.catalog()).named(host);
      List<ThreadRow> threads = services.catalog().threads().ofHost(name);
      Optional<HostRow> row = services.catalog().hosts().named(name);
      HostReports reports = new HostReports(shell, Instant.now());
      reports.noteSilence(name, threads);
      reports.noteClock(row);
      List<StoreRow> stores = services.catalog().stores().ofHost(name);
      HostLine line = HostLine.of(name, threads, row);
      output.print(
          shell.out(),
          new HostInfo(line, threads, stores),
          () -> table(threads, Instant.now()) + StoreLines.of(stores) + CoreLines.of(line.core()));
    }
    return ExitStatus.DONE;
  }

  private static String table(List<ThreadRow> threads, Instant now) {
    Table table =
        new Table(
            "Index", "Loc", "Plan", "SectorID", "Paused", "PausedElapsed", "State", "LastErr");
    for (ThreadRow thread : threads) {
      table.add(
          thread.index(),
          thread.location(),
          thread.plan(),
          thread.sector() == null ? null : thread.sector().fileName(),
          thread.paused(),
          WorkerListCommand.elapsed(thread, now).orElse(null),
          thread.state(),
          thread.lastErr());
    }
    return table + LabellingGroups.lines(threads);
  }
}
