package io.reseal.cli;

import io.reseal.catalog.ThreadRow;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows the sealing threads of any host as a table. */
@Command(name = "info", description = "Show the sealing threads of a host.")
final class WorkerInfoCommand implements Callable<Integer> {

  private final Shell shell;

  @Parameters(index = "0", paramLabel = "NAME", description = "The host's name in its worker.toml.")
  private String host;

  @Mixin private WatchableOutput output;

  WorkerInfoCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    try (Services services = shell.services()) {
      List<ThreadRow> threads = services.catalog().threads().ofHost(host);
      if (threads.isEmpty()) {
        throw unknown(services.catalog().threads().all());
      }
      new HostReports(shell, Instant.now()).noteSilence(host, threads);
      output.print(shell.out(), threads, () -> table(threads, Instant.now()));
    }
    return ExitStatus.DONE;
  }

  private RefusedException unknown(List<ThreadRow> known) {
    if (known.isEmpty()) {
      return new RefusedException(
          "No worker of the name %s has reported, and no other either: start one with reseal worker run."
              .formatted(host));
    }
    return new RefusedException(
        "No worker of the name %s has reported; there are: %s."
            .formatted(
                host,
                known.stream().map(ThreadRow::host).distinct().collect(Collectors.joining(", "))));
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
    return table.toString();
  }
}
