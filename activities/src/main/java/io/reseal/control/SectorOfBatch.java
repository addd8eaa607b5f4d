package io.reseal.control;

import io.reseal.catalog.BatchOutcome;
import io.reseal.catalog.Catalog;
import io.reseal.contract.BatchNews;
import io.reseal.contract.BatchSector;
import io.reseal.contract.Names;
import io.reseal.contract.RunRecord;
import io.reseal.record.SectorRecord;
import io.reseal.sector.SectorId;
import io.temporal.client.WorkflowClient;
import java.util.List;
import java.util.Optional;

/**
 * Answers what has become of a sector that a batch waits for: by the catalog if it has an end, and
 * by Temporal otherwise.
 */
final class SectorOfBatch {

  private final Catalog catalog;
  private final WorkflowClient client;
  private final ClosedRebuilds closed;

  SectorOfBatch(Catalog catalog, WorkflowClient client, ClosedRebuilds closed) {
    this.catalog = catalog;
    this.client = client;
    this.closed = closed;
  }

  /** Empty if its rebuild is running and has not recorded anything for the batch yet. */
  Optional<BatchNews> ask(String batch, SectorId sector) {
    Optional<RunRecord> run = run(batch, sector);
    if (run.isPresent() && run.get().endedAt() != null) {
      return run.map(BatchNews::of);
    }
    Optional<Ending> ending = Ending.of(client, Names.workflowId(sector), Optional.empty());
    return ending.isEmpty()
        ? run.map(BatchNews::of)
        : Optional.of(
            afterEnd(batch, sector, run, ending.get())
                .map(BatchNews::of)
                .orElseGet(() -> startAgain(sector)));
  }

  /** The run that ended for the batch, if the newest one did. */
  private Optional<RunRecord> afterEnd(
      String batch, SectorId sector, Optional<RunRecord> unfinished, Ending newest) {
    if (unfinished.isPresent()) {
      RunRecord run = unfinished.get();
      Ending.of(client, run.workflowId(), Optional.of(run.runInTemporal()))
          // That Temporal does not know it may have other reasons, which the reconciliation checks.
          .filter(ending -> !ending.isUnknown())
          .ifPresent(ending -> closed.end(run, ending));
      return run(batch, sector);
    }
    Optional<RunRecord> recorded = closed.recordNewest(sector, newest);
    // Without the batch's rows the catalog cannot tell whether the run counts for it.
    return outcome(batch, sector).isEmpty() ? recorded : run(batch, sector);
  }

  private BatchNews startAgain(SectorId sector) {
    return BatchNews.startAgain(
        new BatchSector(
            sector,
            catalog.sectors().find(sector).map(SectorRecord::proof).orElse(null),
            false,
            null));
  }

  /** The run that counts for the batch. */
  private Optional<RunRecord> run(String batch, SectorId sector) {
    return outcome(batch, sector).flatMap(outcome -> Optional.ofNullable(outcome.run()));
  }

  private Optional<BatchOutcome> outcome(String batch, SectorId sector) {
    return catalog.batches().outcomes(batch, List.of(sector)).stream().findFirst();
  }
}
