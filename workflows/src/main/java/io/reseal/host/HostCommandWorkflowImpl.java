package io.reseal.host;

import io.reseal.contract.HostCommand;
import io.reseal.contract.HostCommandActivities;
import io.reseal.contract.HostCommandWorkflow;
import io.reseal.contract.Names;
import io.temporal.activity.ActivityOptions;
import io.temporal.api.enums.v1.TimeoutType;
import io.temporal.common.RetryOptions;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.TimeoutFailure;
import io.temporal.workflow.Workflow;
import java.time.Duration;

/** Gives an operator's command to its host once and brings the answer back. */
public final class HostCommandWorkflowImpl implements HostCommandWorkflow {

  /** A worker that runs takes a command at once. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @Override
  public String command(HostCommand command) {
    HostCommandActivities host =
        Workflow.newActivityStub(
            HostCommandActivities.class,
            ActivityOptions.newBuilder()
                .setTaskQueue(Names.hostControlQueue(command.host()))
                .setScheduleToStartTimeout(PATIENCE)
                .setStartToCloseTimeout(Duration.ofSeconds(30))
                .setRetryOptions(RetryOptions.newBuilder().setMaximumAttempts(1).build())
                .setSummary(command.summary())
                .build());
    try {
      return host.command(command);
    } catch (ActivityFailure e) {
      throw answer(command, e);
    }
  }

  private static RuntimeException answer(HostCommand command, ActivityFailure failure) {
    if (failure.getCause() instanceof ApplicationFailure refusal) {
      return ApplicationFailure.newNonRetryableFailure(
          refusal.getOriginalMessage(), refusal.getType());
    }
    if (failure.getCause() instanceof TimeoutFailure timeout
        && timeout.getTimeoutType() == TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START) {
      return ApplicationFailure.newNonRetryableFailure(
          "%s does not answer: is its worker running?".formatted(command.host()),
          HostCommand.SILENT);
    }
    return ApplicationFailure.newNonRetryableFailure(
        "%s has not said whether it did it; look at reseal util worker info %s."
            .formatted(command.host(), command.host()),
        HostCommand.SILENT);
  }
}
