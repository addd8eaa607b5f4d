package io.reseal.control;

import io.reseal.appraisal.LossReader;
import io.reseal.catalog.Catalog;
import io.reseal.contract.BatchActivities;
import io.reseal.contract.BatchNews;
import io.reseal.contract.BatchSector;
import io.reseal.contract.BatchState;
import io.reseal.contract.Names;
import io.reseal.contract.RebuildWorkflow;
import io.reseal.contract.ResumeCommand;
import io.reseal.contract.RunRecord;
import io.reseal.sector.SectorId;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowUpdateException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** The catalog's side of a batch. */
public final class BatchActivitiesImpl implements BatchActivities {

  private final Catalog catalog;
  private final WorkflowClient client;
  private final SectorOfBatch sectors;
  private final BatchOrder order;

  public BatchActivitiesImpl(
      Catalog catalog,
      WorkflowClient client,
      BatchNotifier batches,
      LossReader losses,
      InstantSource clock) {
    this.catalog = catalog;
    this.client = client;
    this.order = new BatchOrder(catalog, losses, clock);
    this.sectors = new SectorOfBatch(catalog, client, new ClosedRebuilds(catalog, client, batches));
  }

  @Override
  public List<BatchSector> read(String batch, int from, int count) {
    return order.next(batch, from, count);
  }

  @Override
  public List<BatchNews> ask(String batch, List<SectorId> sectors) {
    return sectors.stream().flatMap(sector -> this.sectors.ask(batch, sector).stream()).toList();
  }

  @Override
  public void record(String batch, BatchState state, String note) {
    catalog.batches().become(batch, state, note);
  }

  @Override
  public int resumeParked(List<SectorId> sectors, String by) {
    return (int) sectors.stream().filter(sector -> resume(sector, by)).count();
  }

  /** A rebuild that an operator paused stays paused. */
  private boolean resume(SectorId sector, String by) {
    Optional<RunRecord> run = catalog.runs().latest(sector);
    if (run.isEmpty() || run.get().endedAt() != null || run.get().paused() != null) {
      return false;
    }
    try {
      client
          .newWorkflowStub(RebuildWorkflow.class, Names.workflowId(sector))
          .resume(new ResumeCommand(by, null));
      return true;
    } catch (WorkflowUpdateException | WorkflowNotFoundException e) {
      // It has already continued or ended, and reports that itself.
      return false;
    }
  }
}
