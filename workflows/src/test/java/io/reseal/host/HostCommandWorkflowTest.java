package io.reseal.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.InMemoryServer;
import io.reseal.contract.HostCommand;
import io.reseal.contract.HostCommandActivities;
import io.reseal.contract.HostCommandWorkflow;
import io.reseal.contract.Names;
import io.reseal.contract.Refusal;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A command reaches the host it is for, once, and its answer comes back. */
class HostCommandWorkflowTest {

  private static final HostCommand PAUSE =
      new HostCommand("host-a", HostCommand.Kind.PAUSE, 0, true, "anne");

  private final TestWorkflowEnvironment environment = TestWorkflowEnvironment.newInstance();
  private final List<HostCommand> given = new ArrayList<>();

  @AfterEach
  void close() {
    InMemoryServer.close(environment);
  }

  @Test
  void theHostsSentenceIsTheAnswer() {
    serve(
        command -> {
          given.add(command);
          return "host-a#0 is paused.";
        });
    assertThat(send(PAUSE)).isEqualTo("host-a#0 is paused.");
    assertThat(given).containsExactly(PAUSE);
  }

  // Seen to fail: with a refusal that is tried again until it comes true.
  @Test
  void aRefusalComesBackAsItIsAndIsNotTriedAgain() {
    serve(
        command -> {
          given.add(command);
          throw Refusal.of("It is paused already.");
        });
    assertThatThrownBy(() -> send(PAUSE))
        .isInstanceOf(WorkflowFailedException.class)
        .hasCauseInstanceOf(ApplicationFailure.class)
        .cause()
        .satisfies(
            cause -> {
              ApplicationFailure refusal = (ApplicationFailure) cause;
              assertThat(refusal.getOriginalMessage()).isEqualTo("It is paused already.");
              assertThat(Refusal.is(refusal)).isTrue();
            });
    assertThat(given).hasSize(1);
  }

  // Seen to fail: with a command that waits in the queue of a host that is gone.
  @Test
  void aHostThatDoesNotTakeItIsNamed() {
    environment
        .newWorker(Names.CONTROL_QUEUE)
        .registerWorkflowImplementationTypes(HostCommandWorkflowImpl.class);
    environment.start();
    assertThatThrownBy(() -> send(PAUSE))
        .cause()
        .satisfies(
            cause -> {
              ApplicationFailure silence = (ApplicationFailure) cause;
              assertThat(silence.getOriginalMessage())
                  .isEqualTo("host-a does not answer: is its worker running?");
              assertThat(silence.getType()).isEqualTo(HostCommand.SILENT);
            });
  }

  @Test
  void whatIsSeenOfItSaysWhoDoesWhatToWhom() {
    assertThat(PAUSE.summary()).isEqualTo("pause --now host-a#0 by anne");
    assertThat(new HostCommand("host-a", HostCommand.Kind.DRAIN, null, false, "anne").summary())
        .isEqualTo("drain host-a by anne");
    assertThat(Names.hostCommandWorkflowId(PAUSE, "7")).isEqualTo("host-host-a-pause-0-7");
  }

  private void serve(HostCommandActivities host) {
    environment
        .newWorker(Names.CONTROL_QUEUE)
        .registerWorkflowImplementationTypes(HostCommandWorkflowImpl.class);
    environment.newWorker(Names.hostControlQueue("host-a")).registerActivitiesImplementations(host);
    environment.start();
  }

  private String send(HostCommand command) {
    return environment
        .getWorkflowClient()
        .newWorkflowStub(
            HostCommandWorkflow.class,
            WorkflowOptions.newBuilder().setTaskQueue(Names.CONTROL_QUEUE).build())
        .command(command);
  }
}
