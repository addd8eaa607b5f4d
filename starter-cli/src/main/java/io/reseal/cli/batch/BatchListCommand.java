package io.reseal.cli.batch;

import io.reseal.catalog.BatchCounts;
import io.reseal.catalog.BatchRecord;
import io.reseal.catalog.BatchRepository;
import io.reseal.catalog.BatchTally;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.OutputMixin;
import io.reseal.cli.show.Spans;
import io.reseal.cli.show.Table;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists batches with the counts of their sectors by outcome. */
@Command(name = "list", description = "List batches, newest first.")
public final class BatchListCommand implements Callable<Integer> {

  private final Shell shell;

  @Mixin private OutputMixin output;

  public BatchListCommand(Shell shell) {
    this.shell = shell;
  }

  /**
   * A batch with its counts.
   *
   * @param batch the batch
   * @param counts how many of its sectors are where
   * @param onChain how many of those that are back have which status on the chain since then
   */
  public record Row(BatchRecord batch, BatchCounts counts, Map<String, Long> onChain) {}

  @Override
  public Integer call() {
    try (Services services = shell.services()) {
      BatchRepository batches = services.catalog().batches();
      List<Row> rows =
          batches.list().stream()
              .map(
                  batch -> {
                    BatchTally tally = batches.tally(batch.name()).orElseThrow();
                    return new Row(batch, tally.counts(), tally.onChain());
                  })
              .toList();
      output.print(shell.out(), rows, () -> table(rows));
    }
    return ExitStatus.DONE;
  }

  private static String table(List<Row> rows) {
    Table table =
        new Table(
            "Name",
            "State",
            "Sectors",
            "Finished",
            "Dropped",
            "Running",
            "Parked",
            "Queued",
            "OnChain",
            "Started",
            "Ended",
            "RequestedBy");
    for (Row row : rows) {
      BatchRecord batch = row.batch();
      BatchCounts counts = row.counts();
      table.add(
          batch.name(),
          batch.state(),
          batch.sectors(),
          counts.finished(),
          counts.dropped(),
          counts.running(),
          counts.parked(),
          counts.queued(),
          onChain(row),
          Spans.time(batch.startedAt()),
          Spans.time(batch.endedAt()),
          batch.requestedBy());
    }
    return table.toString();
  }

  private static String onChain(Row row) {
    return row.onChain().isEmpty()
        ? "-"
        : row.onChain().entrySet().stream()
            .map(count -> "%d %s".formatted(count.getValue(), count.getKey()))
            .collect(Collectors.joining(", "));
  }
}
