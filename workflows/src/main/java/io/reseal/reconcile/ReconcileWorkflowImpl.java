package io.reseal.reconcile;

import io.reseal.contract.Names;
import io.reseal.contract.ReconcileActivities;
import io.reseal.contract.ReconcileWorkflow;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.Workflow;
import java.time.Duration;

/** Looks, waits, looks again; a look that fails is followed by the next one in its time. */
public final class ReconcileWorkflowImpl implements ReconcileWorkflow {

  /** A run's history stays far below the server's limits. */
  private static final int ROUNDS = 200;

  private final ReconcileActivities activities =
      Workflow.newActivityStub(
          ReconcileActivities.class,
          ActivityOptions.newBuilder()
              .setTaskQueue(Names.CONTROL_QUEUE)
              .setStartToCloseTimeout(Duration.ofMinutes(10))
              .setRetryOptions(RetryOptions.newBuilder().setMaximumAttempts(3).build())
              .setSummary("compare the catalog with Temporal")
              .build());

  private boolean wanted;

  @Override
  public void run(Duration every) {
    for (int round = 0; round < ROUNDS; round++) {
      wanted = false;
      look();
      Workflow.await(every, () -> wanted);
    }
    Workflow.newContinueAsNewStub(ReconcileWorkflow.class).run(every);
  }

  private void look() {
    try {
      Workflow.setCurrentDetails(activities.reconcile());
    } catch (ActivityFailure e) {
      if (e.getCause() instanceof CanceledFailure) {
        throw e;
      }
      Workflow.setCurrentDetails("The last look failed: " + e.getCause().getMessage());
    }
  }

  @Override
  public void lookNow() {
    wanted = true;
  }
}
