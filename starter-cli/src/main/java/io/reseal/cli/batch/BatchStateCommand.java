package io.reseal.cli.batch;

import io.reseal.appraisal.Obstacle;
import io.reseal.catalog.BatchRecord;
import io.reseal.catalog.Catalog;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.OutputMixin;
import io.reseal.sector.SectorId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows the progress of a batch. */
@Command(
    name = "state",
    description =
        "Show the progress of a batch: how many are done, running, queued and parked; rate, ETA.")
public final class BatchStateCommand implements Callable<Integer> {

  private final Shell shell;

  @Parameters(index = "0", paramLabel = "NAME", description = "The batch's name.")
  private String name;

  @Mixin private OutputMixin output;

  public BatchStateCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    try (Services services = shell.services()) {
      Catalog catalog = services.catalog();
      BatchRecord batch = BatchLookup.require(catalog, name);
      Map<SectorId, Obstacle> obstacles = obstacles(services, batch);
      BatchView view =
          BatchView.of(
              batch,
              catalog.batches().tally(name).orElseThrow(),
              catalog.batches().rate(batch, System.currentTimeMillis()),
              catalog.batches().open(name),
              catalog.threads().all(),
              obstacles,
              obstacles.isEmpty() ? List.of() : catalog.batches().queued(name),
              catalog.followed().troubledOfBatch(name));
      output.print(shell.out(), view, view::text);
    }
    return ExitStatus.DONE;
  }

  /** Only a batch of losses holds sectors back. */
  private static Map<SectorId, Obstacle> obstacles(Services services, BatchRecord batch) {
    if (!batch.byCost()) {
      return Map.of();
    }
    Map<SectorId, Obstacle> obstacles = new HashMap<>();
    services
        .losses()
        .newest(services.catalog().batches().miners(batch.name()), System.currentTimeMillis())
        .forEach(read -> obstacles.putAll(Obstacle.all(read)));
    return obstacles;
  }
}
