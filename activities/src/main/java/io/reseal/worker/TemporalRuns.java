package io.reseal.worker;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.reseal.contract.Names;
import io.reseal.files.EndedRuns;
import io.reseal.sector.SectorId;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowTargetOptions;

/** Asks Temporal whether a run has ended; one that it does not know any more has. */
final class TemporalRuns implements EndedRuns {

  private final WorkflowClient client;

  TemporalRuns(WorkflowClient client) {
    this.client = client;
  }

  @Override
  public boolean hasEnded(SectorId sector, String runId) {
    try {
      return client
              .newUntypedWorkflowStub(
                  WorkflowTargetOptions.newBuilder()
                      .setWorkflowId(Names.workflowId(sector))
                      .setRunId(runId)
                      .build())
              .describe()
              .getStatus()
          != WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
    } catch (WorkflowNotFoundException e) {
      return true;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode() == Status.Code.NOT_FOUND;
    }
  }
}
