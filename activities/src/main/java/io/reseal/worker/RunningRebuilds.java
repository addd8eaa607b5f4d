package io.reseal.worker;

import io.grpc.StatusRuntimeException;
import io.reseal.contract.Names;
import io.reseal.sector.SectorId;
import io.reseal.temporal.TemporalRuns;
import io.temporal.client.WorkflowServiceException;
import java.util.function.Predicate;

/** Asks Temporal whether a sector's rebuild is running; yes if Temporal cannot be asked. */
record RunningRebuilds(TemporalRuns temporal) implements Predicate<SectorId> {

  @Override
  public boolean test(SectorId sector) {
    try {
      return temporal
          .newest(Names.workflowId(sector))
          .filter(TemporalRuns.Run::isRunning)
          .isPresent();
    } catch (StatusRuntimeException | WorkflowServiceException e) {
      return true;
    }
  }
}
