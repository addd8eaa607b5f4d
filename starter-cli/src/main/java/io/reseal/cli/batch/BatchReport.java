package io.reseal.cli.batch;

import io.reseal.catalog.BatchCounts;
import io.reseal.catalog.BatchOutcome;
import io.reseal.catalog.BatchRecord;
import io.reseal.catalog.Catalog;
import io.reseal.cli.show.RunText;
import io.reseal.cli.show.Spans;
import io.reseal.cli.show.Table;
import io.reseal.contract.RunRecord;
import io.reseal.contract.StateChange;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The outcome of each sector of a batch.
 *
 * @param batch the batch
 * @param counts how many of its sectors are where
 * @param sectors each sector in the batch's order
 */
record BatchReport(BatchRecord batch, BatchCounts counts, List<Sector> sectors) {

  /**
   * The outcome of a sector.
   *
   * @param outcome where it stands
   * @param kind in one word
   * @param changes the state changes of its rebuild in order
   */
  record Sector(BatchOutcome outcome, BatchOutcome.Kind kind, List<StateChange> changes) {

    /** Milliseconds that its rebuild took, or null while it runs. */
    Long millis() {
      RunRecord run = outcome.run();
      return run == null || run.endedAt() == null ? null : run.endedAt() - run.startedAt();
    }
  }

  static BatchReport of(Catalog catalog, BatchRecord batch) {
    Map<String, List<StateChange>> changes = catalog.batches().changes(batch.name());
    return new BatchReport(
        batch,
        catalog.batches().counts(batch.name()).orElseThrow(),
        catalog.batches().outcomes(batch.name()).stream()
            .map(
                outcome ->
                    new Sector(
                        outcome,
                        outcome.kind(),
                        outcome.run() == null
                            ? List.of()
                            : changes.getOrDefault(outcome.run().runId(), List.of())))
            .toList());
  }

  String text() {
    Table table =
        new Table("Sector", "Outcome", "State", "Thread", "Started", "Took", "Attempts", "Why");
    for (Sector sector : sectors) {
      RunRecord run = sector.outcome().run();
      if (run == null) {
        table.add(
            sector.outcome().sector(), word(sector.kind()), null, null, null, null, null, null);
      } else {
        table.add(
            sector.outcome().sector(),
            word(sector.kind()),
            run.state(),
            RunText.thread(run),
            Spans.time(run.startedAt()),
            sector.millis() == null ? null : Spans.of(Duration.ofMillis(sector.millis())),
            run.attempts(),
            why(sector));
      }
    }
    return "%s%n%n%s".formatted(headline(), table);
  }

  /** One sentence about the whole batch. */
  String headline() {
    return "Batch %s, %s: %d sectors, %d finished, %d dropped, %d parked, %d running, %d queued."
        .formatted(
            batch.name(),
            batch.state(),
            batch.sectors(),
            counts.finished(),
            counts.dropped(),
            counts.parked(),
            counts.running(),
            counts.queued());
  }

  /** Why a sector is not finished, or null. */
  static String why(Sector sector) {
    RunRecord run = sector.outcome().run();
    return switch (sector.kind()) {
      case PARKED -> BatchView.why(run);
      case DROPPED, RUNNING -> run.lastError();
      case QUEUED, FINISHED -> null;
    };
  }

  static String word(BatchOutcome.Kind kind) {
    return switch (kind) {
      case QUEUED -> "queued";
      case RUNNING -> "running";
      case PARKED -> "parked";
      case FINISHED -> "finished";
      case DROPPED -> "dropped";
    };
  }
}
