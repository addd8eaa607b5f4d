package io.reseal.host;

import io.reseal.contract.HostCommand;
import io.reseal.contract.HostCommandActivities;
import io.reseal.contract.HostCommandWorkflow;
import io.reseal.options.ActivityProfiles;
import io.temporal.api.enums.v1.TimeoutType;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.TimeoutFailure;
import io.temporal.workflow.Workflow;

/** Sends an operator's command to its host once and returns the answer. */
public final class HostCommandWorkflowImpl implements HostCommandWorkflow {

  @Override
  public String command(HostCommand command) {
    HostCommandActivities host =
        Workflow.newActivityStub(
            HostCommandActivities.class,
            ActivityProfiles.hostCommand(command.host(), command.summary()));
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
        "%s did not report whether it did it; check with reseal util worker info %s."
            .formatted(command.host(), command.host()),
        HostCommand.SILENT);
  }
}
