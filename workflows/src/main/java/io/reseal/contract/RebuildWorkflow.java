package io.reseal.contract;

import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** Brings one lost sector back. Its id is {@link Names#workflowId}. */
@WorkflowInterface
public interface RebuildWorkflow {

  /** Runs until the sector is finished or an operator aborts; returns the status at the end. */
  @WorkflowMethod(name = "Rebuild")
  RebuildStatus rebuild(RebuildRequest request);

  /**
   * The hold activity tells which thread the rebuild has; again after a host came back or changed.
   */
  @SignalMethod
  void threadHeld(ThreadGrant grant);

  /** Goes on after a park; refused while the rebuild is not parked. Returns a sentence. */
  @UpdateMethod
  String resume(OperatorCommand command);

  @UpdateValidatorMethod(updateName = "resume")
  void validateResume(OperatorCommand command);

  /**
   * Drops the rebuild: stops the running step, removes Reseal's scratch files, nothing else.
   * Refused when it has ended or is being dropped. Returns a sentence.
   */
  @UpdateMethod
  String abort(OperatorCommand command);

  @UpdateValidatorMethod(updateName = "abort")
  void validateAbort(OperatorCommand command);

  @QueryMethod
  RebuildStatus status();
}
