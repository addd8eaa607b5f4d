package io.reseal.contract;

import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;

/**
 * Keeps the catalog in step with Temporal: what was ended there from outside is noticed here. Runs
 * for ever, once per namespace; its id is {@link Names#RECONCILE_WORKFLOW}.
 */
@WorkflowInterface
public interface ReconcileWorkflow {

  /**
   * @param every wait between two looks
   */
  @WorkflowMethod(name = "Reconcile")
  void run(Duration every);

  /** Looks now, without waiting for the time. */
  @SignalMethod
  void lookNow();
}
