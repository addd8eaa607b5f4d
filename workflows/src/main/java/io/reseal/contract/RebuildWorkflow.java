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
   * The hold activity reports the thread the rebuild has; again after a host came back or changed.
   */
  @SignalMethod
  void threadHeld(ThreadGrant grant);

  /** Sent when a sealing thread of this host, paused with its step stopped, is resumed. */
  @SignalMethod
  void threadResumed(ThreadGrant grant);

  /**
   * Pauses until resumed and gives the thread back; its scratch stays. Refused if it is already
   * stopped or has ended. Returns a sentence.
   */
  @UpdateMethod
  String pause(PauseCommand command);

  @UpdateValidatorMethod(updateName = "pause")
  void validatePause(PauseCommand command);

  /**
   * Continues after a park or a pause, from an earlier state if one is named and its inputs are
   * still in scratch. Refused otherwise, listing the states that can be used. Returns a sentence.
   */
  @UpdateMethod
  String resume(ResumeCommand command);

  @UpdateValidatorMethod(updateName = "resume")
  void validateResume(ResumeCommand command);

  /**
   * Restricts the rebuild to the named host; a stopped one continues there. Refused while it works
   * on a host. Returns a sentence.
   */
  @UpdateMethod
  String move(MoveCommand command);

  @UpdateValidatorMethod(updateName = "move")
  void validateMove(MoveCommand command);

  /**
   * Drops the rebuild: stops the running step, removes Reseal's scratch files, nothing else.
   * Refused if it has ended or is being dropped. Returns a sentence.
   */
  @UpdateMethod
  String abort(OperatorCommand command);

  @UpdateValidatorMethod(updateName = "abort")
  void validateAbort(OperatorCommand command);

  @QueryMethod
  RebuildStatus status();
}
