package io.reseal.contract;

import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * Compares a miner's sectors on the chain with the copies in all hosts' stores. What it finds is in
 * the catalog, and counts once it has ended.
 */
@WorkflowInterface
public interface LossScanWorkflow {

  /**
   * Scans once.
   *
   * @param miner the miner's actor number
   */
  @WorkflowMethod(name = "ScanLosses")
  LossScanReport run(long miner);

  @QueryMethod
  LossScanReport status();
}
