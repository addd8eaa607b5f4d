package io.reseal.contract;

import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * Carries one operator's command to a sealing host, so that Temporal shows who gave it and when.
 */
@WorkflowInterface
public interface HostCommandWorkflow {

  /** Returns the host's sentence; fails with the host's refusal, or when it does not answer. */
  @WorkflowMethod(name = "HostCommand")
  String command(HostCommand command);
}
