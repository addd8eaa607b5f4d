package io.reseal.contract;

import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * Follows one sector that was put back: declares its files to the miner's software and looks at the
 * chain at the moments that matter, until the sector has been proven. It holds nothing meanwhile.
 */
@WorkflowInterface
public interface FollowWorkflow {

  @WorkflowMethod(name = "FollowSector")
  OnChain follow(FollowRequest request);

  /** A rebuild has put the sector back; the same one may be reported again. */
  @SignalMethod
  void putBack(FollowRequest request);

  @QueryMethod
  FollowRequest.Reached reached();
}
