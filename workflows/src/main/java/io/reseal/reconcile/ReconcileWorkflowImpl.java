package io.reseal.reconcile;

import io.reseal.contract.Names;
import io.reseal.contract.ReconcileActivities;
import io.reseal.contract.ReconcileWorkflow;
import io.reseal.options.ActivityProfiles;
import io.reseal.problem.ActivityFailures;
import io.temporal.failure.ActivityFailure;
import io.temporal.workflow.ContinueAsNewOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.Map;

/** Compares the catalog with Temporal at regular times, whether or not the last time failed. */
public final class ReconcileWorkflowImpl implements ReconcileWorkflow {

  /** A run's history stays far below the server's limits. */
  private static final int ROUNDS = 200;

  private final ReconcileActivities activities =
      Workflow.newActivityStub(
          ReconcileActivities.class,
          ActivityProfiles.reconcile("compare the catalog with Temporal"));

  private boolean wanted;

  @Override
  public void run(Duration every) {
    for (int round = 0; round < ROUNDS; round++) {
      wanted = false;
      compare();
      Workflow.await(every, () -> wanted);
    }
    ContinueAsNewOptions.Builder options = ContinueAsNewOptions.newBuilder();
    String catalog = (String) Workflow.getMemo(Names.CATALOG_MEMO, String.class);
    if (catalog != null) {
      options.setMemo(Map.of(Names.CATALOG_MEMO, catalog));
    }
    Workflow.newContinueAsNewStub(ReconcileWorkflow.class, options.build()).run(every);
  }

  private void compare() {
    try {
      Workflow.setCurrentDetails(activities.reconcile());
    } catch (ActivityFailure e) {
      if (ActivityFailures.isCancellation(e)) {
        throw e;
      }
      Workflow.setCurrentDetails("The last comparison failed: " + e.getCause().getMessage());
    }
  }

  @Override
  public void lookNow() {
    wanted = true;
  }
}
