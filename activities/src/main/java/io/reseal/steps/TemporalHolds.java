package io.reseal.steps;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.reseal.contract.HoldActivities;
import io.reseal.contract.Names;
import io.reseal.contract.Payloads;
import io.reseal.contract.ThreadGrant;
import io.reseal.sector.SectorId;
import io.reseal.threads.RebuildHolds;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.common.converter.DataConverterException;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds out which thread a rebuild holds: its hold activity is pending, and the newest heartbeat
 * names the thread, or it waits for this host and no other. Between two holds a rebuild decides
 * where it asks next.
 */
public final class TemporalHolds implements RebuildHolds {

  private final WorkflowClient client;

  public TemporalHolds(WorkflowClient client) {
    this.client = client;
  }

  @Override
  public boolean mayHave(SectorId sector, ThreadGrant thread) {
    try {
      DescribeWorkflowExecutionResponse rebuild =
          client.newUntypedWorkflowStub(Names.workflowId(sector)).describe().getRawDescription();
      return rebuild.getWorkflowExecutionInfo().getStatus()
              == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING
          && (holds(rebuild).anyMatch(hold -> names(hold, thread) || waitsFor(hold, thread))
              || (rebuild.hasPendingWorkflowTask() && holds(rebuild).findAny().isEmpty()));
    } catch (WorkflowNotFoundException e) {
      return false;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode() != Status.Code.NOT_FOUND;
    } catch (WorkflowException | DataConverterException e) {
      return true;
    }
  }

  private static Stream<PendingActivityInfo> holds(DescribeWorkflowExecutionResponse rebuild) {
    return rebuild.getPendingActivitiesList().stream()
        .filter(pending -> pending.getActivityType().getName().equals(HoldActivities.TYPE));
  }

  private static boolean waitsFor(PendingActivityInfo hold, ThreadGrant thread) {
    return !hold.hasHeartbeatDetails()
        && hold.getActivityOptions()
            .getTaskQueue()
            .getName()
            .equals(Names.hostHoldQueue(thread.host()));
  }

  /** A hold without a heartbeat has no thread yet. */
  private static boolean names(PendingActivityInfo hold, ThreadGrant thread) {
    return hold.hasHeartbeatDetails()
        && Payloads.converter()
            .fromPayloads(
                0,
                Optional.of(hold.getHeartbeatDetails()),
                HoldActivitiesImpl.Held.class,
                HoldActivitiesImpl.Held.class)
            .grant()
            .sameScratch(thread);
  }
}
