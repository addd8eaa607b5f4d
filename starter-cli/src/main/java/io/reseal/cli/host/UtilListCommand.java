package io.reseal.cli.host;

import io.reseal.catalog.HostRow;
import io.reseal.catalog.ThreadRow;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.Spans;
import io.reseal.cli.show.Table;
import io.reseal.cli.show.WatchableOutput;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists all sealing hosts, one line each. */
@Command(
    name = "list",
    description =
        "List all sealing hosts; a ! marks hosts whose last report is more than a minute old.")
public final class UtilListCommand implements Callable<Integer> {

  private final Shell shell;

  @Mixin private WatchableOutput output;

  public UtilListCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    try (Services services = shell.services()) {
      Map<String, List<ThreadRow>> threads =
          services.catalog().threads().all().stream()
              .collect(Collectors.groupingBy(ThreadRow::host, TreeMap::new, Collectors.toList()));
      Map<String, HostRow> hosts =
          services.catalog().hosts().all().stream()
              .collect(Collectors.toMap(HostRow::name, Function.identity()));
      List<HostLine> lines = new ArrayList<>();
      threads.forEach(
          (name, rows) -> lines.add(HostLine.of(name, rows, Optional.ofNullable(hosts.get(name)))));
      HostReports reports = new HostReports(shell, Instant.now());
      hosts.values().forEach(host -> reports.noteClock(Optional.of(host)));
      output.print(shell.out(), lines, () -> table(lines, Instant.now()));
    }
    return ExitStatus.DONE;
  }

  private static String table(List<HostLine> lines, Instant now) {
    Table table =
        new Table(
            "Name",
            "Threads",
            "Empty",
            "Paused",
            "Running",
            "Waiting",
            "Errors",
            "Draining",
            "Plans",
            "LastReport",
            "Version",
            "Flavour");
    for (HostLine line : lines) {
      Duration age = Duration.between(line.lastReport(), now);
      table.add(
          line.name(),
          line.threads(),
          line.empty(),
          line.paused(),
          line.running(),
          line.waiting(),
          line.errors(),
          line.draining(),
          line.planCounts(),
          Spans.of(age) + (HostReports.isOld(age) ? " (!)" : ""),
          line.version(),
          line.flavour());
    }
    return table.toString();
  }
}
