package io.reseal.control;

import io.grpc.StatusRuntimeException;
import io.reseal.catalog.Catalog;
import io.reseal.contract.BatchNews;
import io.reseal.contract.ChangeKind;
import io.reseal.contract.Names;
import io.reseal.contract.RebuildStatus;
import io.reseal.contract.RunRecord;
import io.reseal.contract.StateChange;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowExecutionDescription;
import java.util.List;
import java.util.Optional;

/** Records in the catalog the end of rebuilds that no longer run in Temporal. */
final class ClosedRebuilds {

  private final Catalog catalog;
  private final WorkflowClient client;
  private final BatchNotifier batches;

  ClosedRebuilds(Catalog catalog, WorkflowClient client, BatchNotifier batches) {
    this.catalog = catalog;
    this.client = client;
    this.batches = batches;
  }

  /**
   * Ends a run that the catalog has as unfinished.
   *
   * @return a sentence about it; empty if it has recorded its end meanwhile
   */
  Optional<String> end(RunRecord run, Ending ending) {
    if (ending.isCompleted()
        && recordResult(run.workflowId(), Optional.of(run.runInTemporal())).isPresent()) {
      return Optional.of("The rebuild of %s had ended unrecorded.".formatted(run.sector()));
    }
    // Before the catalog: once it has the end, this run is never checked again.
    batches.send(new BatchNews(run.sector(), RebuildState.ABORTED, false, null));
    boolean ended =
        catalog.runs().endFromOutside(run.runId(), why(ending), System.currentTimeMillis());
    return ended
        ? Optional.of("The rebuild of %s was ended: %s.".formatted(run.sector(), ending.text()))
        : Optional.empty();
  }

  /**
   * Records the end of a sector's newest rebuild, which the catalog may not have at all: it was
   * restored from an older backup, or the rebuild was terminated before its first record.
   *
   * @return the run; empty if Temporal no longer knows it
   */
  Optional<RunRecord> recordNewest(SectorId sector, Ending ending) {
    String workflowId = Names.workflowId(sector);
    if (ending.isUnknown()) {
      return Optional.empty();
    }
    return ending.isCompleted()
        ? recordResult(workflowId, Optional.empty())
        : Optional.of(recordEnd(sector, ending));
  }

  /** Takes over what a workflow returned at its end; empty where that cannot be had. */
  private Optional<RunRecord> recordResult(String workflowId, Optional<String> runId) {
    try {
      RebuildStatus status =
          client
              .newUntypedWorkflowStub(Ending.target(workflowId, runId))
              .getResult(RebuildStatus.class);
      if (status == null || status.run().endedAt() == null) {
        return Optional.empty();
      }
      batches.send(BatchNews.of(status.run()));
      catalog.runs().record(status.run(), status.changes());
      return Optional.of(status.run());
    } catch (WorkflowException | StatusRuntimeException e) {
      return Optional.empty();
    }
  }

  private RunRecord recordEnd(SectorId sector, Ending ending) {
    WorkflowExecutionDescription closed =
        client.newUntypedWorkflowStub(Names.workflowId(sector)).describe();
    long startedAt = closed.getStartTime().toEpochMilli();
    long endedAt = closed.getCloseTime().toEpochMilli();
    RunRecord run =
        new RunRecord(
            closed.getExecution().getRunId(),
            closed.getExecution().getWorkflowId(),
            sector,
            RebuildState.ABORTED,
            null,
            null,
            startedAt,
            endedAt,
            endedAt,
            0,
            null,
            null,
            null,
            why(ending),
            null);
    catalog.runs().record(run, List.of(endOf(run)));
    return run;
  }

  private static StateChange endOf(RunRecord run) {
    return new StateChange(
        0,
        run.state(),
        run.endedAt(),
        ChangeKind.ENDED_FROM_OUTSIDE.toString(),
        null,
        null,
        0,
        null,
        null,
        0,
        run.lastError(),
        ChangeKind.ENDED_FROM_OUTSIDE);
  }

  private static String why(Ending ending) {
    return "Ended from outside: %s. Rebuild the sector again.".formatted(ending.text());
  }
}
