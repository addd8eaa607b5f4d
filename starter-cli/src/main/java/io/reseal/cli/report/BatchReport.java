package io.reseal.cli.report;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.reseal.catalog.BatchCounts;
import io.reseal.catalog.BatchLoss;
import io.reseal.catalog.BatchOutcome;
import io.reseal.catalog.BatchRecord;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.FollowedRow;
import io.reseal.cli.show.RunText;
import io.reseal.cli.show.Spans;
import io.reseal.cli.show.Table;
import io.reseal.contract.RunRecord;
import io.reseal.contract.StateChange;
import io.reseal.sector.SectorId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The outcome of each sector of a batch.
 *
 * @param batch the batch
 * @param counts how many of its sectors are where
 * @param sectors each sector in the batch's order
 */
public record BatchReport(BatchRecord batch, BatchCounts counts, List<Sector> sectors) {

  /**
   * The outcome of a sector.
   *
   * @param outcome where it stands
   * @param kind in one word
   * @param changes the state changes of its rebuild in order
   * @param loss what a scan knew of its loss when the batch began, or null
   * @param chain what was seen of it on the chain since it was put back, or null
   */
  public record Sector(
      BatchOutcome outcome,
      BatchOutcome.Kind kind,
      List<StateChange> changes,
      BatchLoss loss,
      FollowedRow chain) {

    SectorId id() {
      return outcome.sector();
    }

    Phase phase() {
      return Phase.of(kind, chain);
    }

    /** When its files were in its store, in epoch milliseconds, or null if they are not. */
    Long storedAt() {
      return kind == BatchOutcome.Kind.FINISHED ? outcome.run().endedAt() : null;
    }

    /** When it was seen proven, in epoch milliseconds, or null if it was not. */
    Long provenAt() {
      if (phase() != Phase.PROVEN) {
        return null;
      }
      return chain.sinceAt() == null ? Long.valueOf(chain.seenAt()) : chain.sinceAt();
    }

    /** Milliseconds that its rebuild took, or null while it runs. */
    Long millis() {
      RunRecord run = outcome.run();
      return run == null || run.endedAt() == null ? null : run.endedAt() - run.startedAt();
    }
  }

  /** The report with all state changes. */
  static BatchReport of(Catalog catalog, BatchRecord batch) {
    return of(catalog, batch, catalog.batches().changes(batch.name()));
  }

  /** The report without state changes, of which a large batch has very many. */
  static BatchReport withoutChanges(Catalog catalog, BatchRecord batch) {
    return of(catalog, batch, Map.of());
  }

  private static BatchReport of(
      Catalog catalog, BatchRecord batch, Map<String, List<StateChange>> changes) {
    Map<SectorId, BatchLoss> losses =
        catalog.batches().losses(batch.name()).stream()
            .collect(Collectors.toMap(BatchLoss::sector, loss -> loss));
    Map<SectorId, FollowedRow> followed =
        catalog.followed().ofBatch(batch.name()).stream()
            .collect(Collectors.toMap(FollowedRow::sector, row -> row));
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
                            : changes.getOrDefault(outcome.run().runId(), List.of()),
                        losses.get(outcome.sector()),
                        since(outcome, followed.get(outcome.sector()))))
            .toList());
  }

  /** What was seen before the rebuild ended is about an earlier one. */
  private static FollowedRow since(BatchOutcome outcome, FollowedRow seen) {
    return seen != null && seen.isAfter(outcome.run()) ? seen : null;
  }

  /** Whether sectors are in their stores and the chain was looked at for none of them since. */
  @JsonIgnore
  boolean isChainUnknown() {
    return sectors.stream().anyMatch(sector -> sector.storedAt() != null)
        && sectors.stream().allMatch(sector -> sector.chain() == null);
  }

  String text() {
    Table table =
        new Table(
            "Sector",
            "Outcome",
            "State",
            "Thread",
            "Started",
            "Took",
            "Attempts",
            "On chain",
            "Why");
    for (Sector sector : sectors) {
      RunRecord run = sector.outcome().run();
      if (run == null) {
        table.add(sector.id(), word(sector.kind()), null, null, null, null, null, null, null);
      } else {
        table.add(
            sector.outcome().sector(),
            word(sector.kind()),
            run.state(),
            RunText.thread(run),
            Spans.time(run.startedAt()),
            sector.millis() == null ? null : Spans.of(Duration.ofMillis(sector.millis())),
            run.attempts(),
            sector.chain() == null ? null : sector.chain().status().word(),
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
      case PARKED -> RunText.whyParked(run);
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
