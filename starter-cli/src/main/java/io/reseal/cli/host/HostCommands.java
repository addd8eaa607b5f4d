package io.reseal.cli.host;

import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.SilentHostException;
import io.reseal.contract.HostCommand;
import io.reseal.contract.HostCommandWorkflow;
import io.reseal.contract.Names;
import io.reseal.contract.Refusal;
import io.reseal.problem.RefusedException;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.SearchAttributes;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.UUID;

/** Sends an operator's command to a sealing host and returns its answer. */
final class HostCommands {

  /** How long a worker has to pick up the command before it is dropped. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Services services;

  HostCommands(Services services) {
    this.services = services;
  }

  /** Returns the host's answer; a refusal or a host that does not answer is an exception. */
  String send(HostCommand command) {
    HostCommandWorkflow workflow =
        services
            .temporal()
            .client()
            .newWorkflowStub(
                HostCommandWorkflow.class,
                WorkflowOptions.newBuilder()
                    .setWorkflowId(
                        Names.hostCommandWorkflowId(command, UUID.randomUUID().toString()))
                    .setTaskQueue(Names.CONTROL_QUEUE)
                    .setWorkflowExecutionTimeout(PATIENCE)
                    .setStaticSummary(command.summary())
                    .setTypedSearchAttributes(
                        SearchAttributes.newBuilder().set(Names.HOST, command.host()).build())
                    .build());
    try {
      return workflow.command(command);
    } catch (WorkflowFailedException e) {
      if (e.getCause() instanceof ApplicationFailure answer) {
        throw Refusal.is(answer)
            ? new RefusedException(answer.getOriginalMessage())
            : new SilentHostException(answer.getOriginalMessage());
      }
      throw new SilentHostException(
          "No worker has picked up the command: is any worker running? Nothing was changed.");
    }
  }
}
