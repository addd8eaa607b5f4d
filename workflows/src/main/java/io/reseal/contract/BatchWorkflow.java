package io.reseal.contract;

import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * Rebuilds many sectors, a number of them at a time. Its id is {@link Names#batchWorkflowId}; its
 * rebuilds outlive it.
 */
@WorkflowInterface
public interface BatchWorkflow {

  /** Runs until every sector is finished or dropped, or the batch is canceled. */
  @WorkflowMethod(name = "Batch")
  BatchProgress run(BatchRequest request);

  /** Reports the progress of one of its rebuilds, sent when that progress is recorded. */
  @SignalMethod
  void rebuildChanged(BatchNews news);

  /** Starts no new rebuilds until resumed; running ones continue. Returns a sentence. */
  @UpdateMethod
  String pause(OperatorCommand command);

  @UpdateValidatorMethod(updateName = "pause")
  void validatePause(OperatorCommand command);

  /** Starts new rebuilds again. Returns a sentence. */
  @UpdateMethod
  String resume(OperatorCommand command);

  @UpdateValidatorMethod(updateName = "resume")
  void validateResume(OperatorCommand command);

  /**
   * Ends the batch: starts no more rebuilds; running ones continue on their own. Returns a
   * sentence.
   */
  @UpdateMethod
  String cancel(OperatorCommand command);

  @UpdateValidatorMethod(updateName = "cancel")
  void validateCancel(OperatorCommand command);

  /** Resumes every parked rebuild of the batch. Returns a sentence. */
  @UpdateMethod
  String retryParked(OperatorCommand command);

  @UpdateValidatorMethod(updateName = "retryParked")
  void validateRetryParked(OperatorCommand command);

  @QueryMethod
  BatchProgress status();
}
