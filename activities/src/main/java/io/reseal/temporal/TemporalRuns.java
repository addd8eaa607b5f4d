package io.reseal.temporal;

import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import java.util.Optional;

/** What Temporal knows of workflow runs. */
public interface TemporalRuns {

  /**
   * A run of a workflow.
   *
   * @param runId its id
   * @param firstRunId the id of the first run of the chain that it continues; its own if it began
   * @param status its status
   */
  record Run(String runId, String firstRunId, WorkflowExecutionStatus status) {

    public boolean isRunning() {
      return status == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
    }

    /** Whether its workflow reached its own end. */
    public boolean isCompleted() {
      return status == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED;
    }

    /** Whether one continued as the other, perhaps with others between them. */
    public boolean isOneChainWith(Run other) {
      return firstRunId.equals(other.firstRunId);
    }
  }

  /** Which Temporal this is; empty for a server without an identity. */
  Optional<TemporalIdentity> identity();

  /** A run; empty if Temporal does not know it. */
  Optional<Run> find(String workflowId, String runId);

  /** The newest run of a workflow; empty if Temporal does not know it. */
  Optional<Run> newest(String workflowId);
}
