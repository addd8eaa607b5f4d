package io.reseal.batch;

import io.reseal.contract.BatchRequest;
import io.reseal.contract.BatchSector;
import io.reseal.contract.Names;
import io.reseal.contract.RebuildMarks;
import io.reseal.contract.RebuildRequest;
import io.reseal.contract.RebuildWorkflow;
import io.reseal.sector.SectorId;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.ParentClosePolicy;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.failure.ChildWorkflowFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.ChildWorkflowCancellationType;
import io.temporal.workflow.ChildWorkflowOptions;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Starts a batch's rebuilds, as child workflows that outlive it. */
final class RebuildStarts {

  private final BatchRequest request;

  /** Those that Temporal may not have started yet. */
  private final Map<SectorId, Promise<WorkflowExecution>> starting = new LinkedHashMap<>();

  private int count;

  RebuildStarts(BatchRequest request) {
    this.request = request;
  }

  /** How many rebuilds this run of the batch has started. */
  int count() {
    return count;
  }

  /** Starts a sector's rebuild without waiting for the answer. */
  void begin(BatchSector next) {
    SectorId sector = next.sector();
    RebuildWorkflow rebuild =
        Workflow.newChildWorkflowStub(
            RebuildWorkflow.class,
            ChildWorkflowOptions.newBuilder()
                .setWorkflowId(Names.workflowId(sector))
                .setTaskQueue(Names.CONTROL_QUEUE)
                .setParentClosePolicy(ParentClosePolicy.PARENT_CLOSE_POLICY_ABANDON)
                .setCancellationType(ChildWorkflowCancellationType.ABANDON)
                .setStaticSummary(RebuildMarks.summary(sector, next.proof(), request.unsealed()))
                .setTypedSearchAttributes(RebuildMarks.attributes(sector, request.name()))
                .build());
    Async.function(
        rebuild::rebuild,
        new RebuildRequest(
                sector,
                request.timings(),
                request.requestedBy(),
                request.prove(),
                request.force(),
                request.host(),
                request.name(),
                request.urgent())
            .with(request.unsealed())
            .withPriority(next.priority()));
    starting.put(sector, Workflow.getWorkflowExecution(rebuild));
    count++;
  }

  /** Waits until each is started; returns the sectors whose rebuilds someone else had started. */
  List<SectorId> awaitAll() {
    Map<SectorId, Promise<WorkflowExecution>> begun = new LinkedHashMap<>(starting);
    starting.clear();
    List<SectorId> joined = new ArrayList<>();
    begun.forEach(
        (sector, execution) -> {
          try {
            execution.get();
          } catch (ChildWorkflowFailure e) {
            if (!(e.getCause() instanceof WorkflowExecutionAlreadyStarted)) {
              throw e;
            }
            joined.add(sector);
          }
        });
    return joined;
  }
}
