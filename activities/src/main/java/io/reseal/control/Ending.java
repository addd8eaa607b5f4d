package io.reseal.control;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.errordetails.v1.NamespaceNotFoundFailure;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowTargetOptions;
import io.temporal.serviceclient.StatusUtils;
import java.util.List;
import java.util.Optional;

/**
 * How a workflow has ended.
 *
 * @param status Temporal's status, or null if Temporal no longer knows the workflow
 * @param text how it ended, for people: {@code terminated in Temporal by anne (wrong disk)}
 */
record Ending(WorkflowExecutionStatus status, String text) {

  boolean isCompleted() {
    return status == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED;
  }

  /** Whether it is only concluded from Temporal not knowing it. */
  boolean isUnknown() {
    return status == null;
  }

  boolean isCanceled() {
    return status == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CANCELED;
  }

  /**
   * The end of a workflow, or of the run of it that is named and those in which that one continued;
   * nothing while it runs, and if in doubt, it runs.
   */
  static Optional<Ending> of(WorkflowClient client, String workflowId, Optional<String> runId) {
    try {
      WorkflowExecutionStatus status =
          client.newUntypedWorkflowStub(target(workflowId, runId)).describe().getStatus();
      return switch (status) {
        case WORKFLOW_EXECUTION_STATUS_COMPLETED -> end(status, "completed in Temporal");
        case WORKFLOW_EXECUTION_STATUS_CANCELED -> end(status, "canceled in Temporal");
        case WORKFLOW_EXECUTION_STATUS_FAILED -> end(status, "failed in Temporal");
        case WORKFLOW_EXECUTION_STATUS_TIMED_OUT -> end(status, "timed out in Temporal");
        case WORKFLOW_EXECUTION_STATUS_TERMINATED ->
            end(status, "terminated in Temporal" + byWhom(client, workflowId, runId));
        case WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW ->
            next(client, workflowId, runId)
                .flatMap(next -> of(client, workflowId, Optional.of(next)));
        default -> Optional.empty();
      };
    } catch (WorkflowNotFoundException e) {
      return isNamespaceMissing(e) ? Optional.empty() : end(null, "its history is deleted");
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode() == Status.Code.NOT_FOUND && !isNamespaceMissing(e)
          ? end(null, "its history is deleted")
          : Optional.empty();
    }
  }

  static WorkflowTargetOptions target(String workflowId, Optional<String> runId) {
    WorkflowTargetOptions.Builder target =
        WorkflowTargetOptions.newBuilder().setWorkflowId(workflowId);
    runId.ifPresent(target::setRunId);
    return target.build();
  }

  private static Optional<Ending> end(WorkflowExecutionStatus status, String text) {
    return Optional.of(new Ending(status, text));
  }

  private static boolean isNamespaceMissing(Throwable thrown) {
    for (Throwable at = thrown; at != null; at = at.getCause()) {
      if (at instanceof StatusRuntimeException status
          && StatusUtils.hasFailure(status, NamespaceNotFoundFailure.class)) {
        return true;
      }
    }
    return false;
  }

  /** The run in which a run continued; empty if that cannot be read. */
  private static Optional<String> next(
      WorkflowClient client, String workflowId, Optional<String> runId) {
    try {
      return Optional.of(
              last(client, workflowId, runId)
                  .getWorkflowExecutionContinuedAsNewEventAttributes()
                  .getNewExecutionRunId())
          .filter(next -> !next.isEmpty());
    } catch (StatusRuntimeException e) {
      return Optional.empty();
    }
  }

  private static HistoryEvent last(
      WorkflowClient client, String workflowId, Optional<String> runId) {
    List<HistoryEvent> events =
        runId
            .map(run -> client.fetchHistory(workflowId, run))
            .orElseGet(() -> client.fetchHistory(workflowId))
            .getEvents();
    return events.get(events.size() - 1);
  }

  private static String byWhom(WorkflowClient client, String workflowId, Optional<String> runId) {
    try {
      var terminated =
          last(client, workflowId, runId).getWorkflowExecutionTerminatedEventAttributes();
      return (terminated.getIdentity().isBlank() ? "" : " by " + terminated.getIdentity())
          + (terminated.getReason().isBlank() ? "" : " (" + terminated.getReason() + ")");
    } catch (StatusRuntimeException e) {
      return "";
    }
  }
}
