package io.reseal.contract;

import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * A tour of one store: checks the copies that are due. What was checked is in the catalog, so a
 * tour that is ended in any way loses nothing, and the next one goes on.
 */
@WorkflowInterface
public interface ScrubWorkflow {

  /** Runs until no copy is due, the store cannot be checked, or the next tour takes the rest. */
  @WorkflowMethod(name = "ScrubStore")
  ScrubProgress run(ScrubRequest request);

  @QueryMethod
  ScrubProgress status();
}
