package io.reseal.worker;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.reseal.contract.Names;
import io.reseal.sector.SectorId;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import java.util.function.Predicate;

/** Asks Temporal whether a sector's rebuild is running; yes if Temporal cannot be asked. */
final class RunningRebuilds implements Predicate<SectorId> {

  private final WorkflowClient client;

  RunningRebuilds(WorkflowClient client) {
    this.client = client;
  }

  @Override
  public boolean test(SectorId sector) {
    try {
      return client.newUntypedWorkflowStub(Names.workflowId(sector)).describe().getStatus()
          == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
    } catch (WorkflowNotFoundException e) {
      return false;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode() != Status.Code.NOT_FOUND;
    }
  }
}
