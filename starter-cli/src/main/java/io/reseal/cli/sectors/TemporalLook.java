package io.reseal.cli.sectors;

import com.google.protobuf.Timestamp;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.reseal.contract.Payloads;
import io.reseal.contract.Progress;
import io.reseal.contract.RunRecord;
import io.reseal.temporal.TemporalConnection;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.PendingActivityState;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.failure.v1.Failure;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.common.converter.DataConverterException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What Temporal knows about a rebuild in progress that the catalog does not.
 *
 * @param pending its steps that run or are retried
 * @param note why they may not be how things are, or null
 */
record TemporalLook(List<PendingStep> pending, String note) {

  /** Short, because the catalog alone answers most questions. */
  private static final long PATIENCE_SECONDS = 3;

  /** Runs as long as the rebuild holds its thread, so it is not worth showing. */
  private static final String HOLD = "HoldSealingThread";

  static TemporalLook at(TemporalConnection temporal, RunRecord run) {
    DescribeWorkflowExecutionResponse answer;
    try {
      answer =
          temporal
              .service()
              .blockingStub()
              .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
              .describeWorkflowExecution(
                  DescribeWorkflowExecutionRequest.newBuilder()
                      .setNamespace(temporal.namespace())
                      .setExecution(
                          WorkflowExecution.newBuilder()
                              .setWorkflowId(run.workflowId())
                              .setRunId(run.runInTemporal()))
                      .build());
    } catch (StatusRuntimeException e) {
      return new TemporalLook(
          List.of(),
          e.getStatus().getCode() == Status.Code.NOT_FOUND
              ? "Temporal does not know this rebuild any more; shown is the catalog."
              : "Temporal does not answer; shown is the catalog.");
    }
    return new TemporalLook(
        answer.getPendingActivitiesList().stream()
            .filter(TemporalLook::isTelling)
            .map(TemporalLook::step)
            .toList(),
        note(answer.getWorkflowExecutionInfo().getStatus()));
  }

  private static String note(WorkflowExecutionStatus status) {
    return switch (status) {
      case WORKFLOW_EXECUTION_STATUS_TERMINATED,
          WORKFLOW_EXECUTION_STATUS_TIMED_OUT,
          WORKFLOW_EXECUTION_STATUS_FAILED,
          WORKFLOW_EXECUTION_STATUS_CANCELED ->
          "This rebuild was ended from outside (Temporal: %s): rebuild the sector again."
              .formatted(status.name().replace("WORKFLOW_EXECUTION_STATUS_", ""));
      default -> null;
    };
  }

  private static boolean isTelling(PendingActivityInfo activity) {
    return !activity.getActivityType().getName().equals(HOLD) || !isRunning(activity);
  }

  private static boolean isRunning(PendingActivityInfo activity) {
    return activity.getState() == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED
        || activity.getState() == PendingActivityState.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED;
  }

  private static PendingStep step(PendingActivityInfo activity) {
    boolean running = isRunning(activity);
    return new PendingStep(
        activity.getActivityType().getName(),
        running,
        Math.max(1, activity.getAttempt()),
        activity.getMaximumAttempts(),
        activity.hasLastStartedTime() ? millis(activity.getLastStartedTime()) : null,
        running || !activity.hasNextAttemptScheduleTime()
            ? null
            : millis(activity.getNextAttemptScheduleTime()),
        activity.hasLastFailure() ? failure(activity.getLastFailure()) : null,
        running ? progress(activity).orElse(null) : null);
  }

  /** In the form of the catalog and the thread lists: {@code Host.Io: …}. */
  private static String failure(Failure failure) {
    return failure.hasApplicationFailureInfo()
        ? "%s: %s".formatted(failure.getApplicationFailureInfo().getType(), failure.getMessage())
        : failure.getMessage();
  }

  private static Optional<Progress> progress(PendingActivityInfo activity) {
    if (!activity.hasHeartbeatDetails() || activity.getHeartbeatDetails().getPayloadsCount() == 0) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(
          Payloads.converter()
              .fromPayload(
                  activity.getHeartbeatDetails().getPayloads(0), Progress.class, Progress.class));
    } catch (DataConverterException e) {
      return Optional.empty();
    }
  }

  private static long millis(Timestamp time) {
    return TimeUnit.SECONDS.toMillis(time.getSeconds())
        + TimeUnit.NANOSECONDS.toMillis(time.getNanos());
  }
}
