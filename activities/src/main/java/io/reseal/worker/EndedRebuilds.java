package io.reseal.worker;

import io.grpc.StatusRuntimeException;
import io.reseal.contract.Names;
import io.reseal.files.EndedRuns;
import io.reseal.sector.SectorId;
import io.reseal.temporal.TemporalRuns;
import io.temporal.client.WorkflowServiceException;

/** Asks Temporal which runs of rebuilds have ended; one that it does not know any more has. */
record EndedRebuilds(TemporalRuns temporal) implements EndedRuns {

  @Override
  public boolean hasEnded(SectorId sector, String runId) {
    try {
      return temporal
          .find(Names.workflowId(sector), runId)
          .filter(TemporalRuns.Run::isRunning)
          .isEmpty();
    } catch (StatusRuntimeException | WorkflowServiceException e) {
      // Temporal is away, so it is unknown.
      return false;
    }
  }
}
