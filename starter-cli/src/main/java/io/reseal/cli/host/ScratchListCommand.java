package io.reseal.cli.host;

import io.reseal.catalog.ScratchRow;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.OutputMixin;
import io.reseal.cli.show.Spans;
import io.reseal.cli.show.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists scratch files: how much, how far, why they are kept, and what to do. */
@Command(
    name = "list",
    description =
        "List the sectors that have files in the scratch of sealing threads: size, state reached,"
            + " why they are kept, what to do.")
public final class ScratchListCommand implements Callable<Integer> {

  private final Shell shell;

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = ScratchSource.FILE)
  private Path file;

  @Mixin private OutputMixin output;

  public ScratchListCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    try (Services services = shell.services()) {
      List<ScratchRow> rows = new ScratchSource(shell, services).rows(file);
      output.print(shell.out(), rows, () -> table(rows, Instant.now()));
    }
    return ExitStatus.DONE;
  }

  private static String table(List<ScratchRow> rows, Instant now) {
    Table table =
        new Table(
            "Host", "Location", "Sector", "Bytes", "State", "Seen", "Kept", "Why", "WhatToDo");
    for (ScratchRow row : rows) {
      Duration age = Duration.between(row.seenAt(), now);
      table.add(
          row.host(),
          row.location(),
          row.name(),
          row.bytes(),
          row.state(),
          Spans.of(age) + (HostReports.isOld(age) ? " (!)" : ""),
          row.verdict(),
          row.reason(),
          row.advice());
    }
    return table.toString();
  }
}
