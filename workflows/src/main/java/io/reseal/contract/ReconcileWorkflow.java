package io.reseal.contract;

import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;

/**
 * Keeps the catalog consistent with Temporal: notices workflows that were ended from outside. Runs
 * forever, once per namespace; its id is {@link Names#RECONCILE_WORKFLOW}.
 */
@WorkflowInterface
public interface ReconcileWorkflow {

  /**
   * @param every wait between two checks
   */
  @WorkflowMethod(name = "Reconcile")
  void run(Duration every);

  /** Checks now, without waiting for the next time. */
  @SignalMethod
  void lookNow();
}
