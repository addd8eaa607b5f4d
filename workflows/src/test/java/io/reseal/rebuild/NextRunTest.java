package io.reseal.rebuild;

import static org.assertj.core.api.Assertions.assertThat;

import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import org.junit.jupiter.api.Test;

/** When a run may end so that another one continues it. */
class NextRunTest {

  private static final String QUEUE = "next-run";

  /** Ends while one of its updates is still being handled. */
  @WorkflowInterface
  public interface Asked {
    /**
     * Whether nothing would be lost before, during and after the update, e.g. {@code true false
     * true}.
     */
    @WorkflowMethod
    String run();

    /** Answered once the workflow waits for the update. */
    @QueryMethod
    boolean isWaiting();

    @UpdateMethod
    void ask();
  }

  public static final class AskedImpl implements Asked {

    private final NextRun next = new NextRun(RebuildHarness.PLAIN, NextRun.EVENTS_PER_RUN);
    private boolean waiting;
    private boolean asked;
    private boolean answered;

    @Override
    public String run() {
      boolean before = next.losesNothing();
      waiting = true;
      Workflow.await(() -> asked);
      boolean during = next.losesNothing();
      answered = true;
      Workflow.await(Workflow::isEveryHandlerFinished);
      return "%s %s %s".formatted(before, during, next.losesNothing());
    }

    @Override
    public boolean isWaiting() {
      return waiting;
    }

    @Override
    public void ask() {
      asked = true;
      Workflow.await(() -> answered);
    }
  }

  /** Seen to catch: a run that ends while an operator's request waits for its answer. */
  @Test
  void doesNotBeginWhileARequestIsBeingHandled() {
    try (TestWorkflowEnvironment environment = TestWorkflowEnvironment.newInstance()) {
      environment.newWorker(QUEUE).registerWorkflowImplementationTypes(AskedImpl.class);
      environment.start();
      Asked workflow =
          environment
              .getWorkflowClient()
              .newWorkflowStub(
                  Asked.class, WorkflowOptions.newBuilder().setTaskQueue(QUEUE).build());
      WorkflowClient.start(workflow::run);
      assertThat(workflow.isWaiting()).isTrue();
      workflow.ask();
      assertThat(WorkflowStub.fromTyped(workflow).getResult(String.class))
          .isEqualTo("true false true");
    }
  }
}
