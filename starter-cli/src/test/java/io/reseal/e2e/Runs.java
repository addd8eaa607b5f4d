package io.reseal.e2e;

import io.reseal.catalog.CatalogException;
import io.reseal.contract.Names;
import io.reseal.contract.RebuildStatus;
import io.reseal.contract.RebuildWorkflow;
import io.reseal.contract.ReconcileWorkflow;
import io.reseal.contract.RunRecord;
import io.reseal.contract.StateChange;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowClient;
import io.temporal.common.WorkflowExecutionHistory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Follows rebuilds: what the catalog and Temporal have of each sector's newest run, and waits for
 * it.
 */
final class Runs {

  private final Fleet fleet;
  private final Map<SectorId, String> ids = new ConcurrentHashMap<>();

  Runs(Fleet fleet) {
    this.fleet = fleet;
  }

  private WorkflowClient temporal() {
    return fleet.connection().client();
  }

  /** Follows the sector's newest run from now on. */
  void follow(SectorId sector) {
    ids.put(
        sector,
        temporal()
            .newUntypedWorkflowStub(Names.workflowId(sector))
            .describe()
            .getExecution()
            .getRunId());
  }

  /** The sectors whose rebuild has not ended. */
  List<SectorId> open() {
    return ids.keySet().stream().filter(this::isOpen).toList();
  }

  /** Waits until every rebuild has ended, and forgets them all. */
  void awaitAllEnded() {
    for (SectorId sector : ids.keySet()) {
      Await.until("the rebuild of " + sector + " has ended", () -> !isOpen(sector));
    }
    ids.clear();
  }

  private boolean isOpen(SectorId sector) {
    return temporal().newUntypedWorkflowStub(Names.workflowId(sector)).describe().getStatus()
        == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
  }

  static String workflowId(LostSector sector) {
    return Names.workflowId(sector.id());
  }

  /** Temporal's id of the run. */
  String runId(LostSector sector) {
    return runId(sector.id());
  }

  String runId(SectorId sector) {
    return ids.get(sector);
  }

  /** The run in the catalog; empty also while the catalog is away. */
  Optional<RunRecord> run(LostSector sector) {
    return run(sector.id());
  }

  private Optional<RunRecord> run(SectorId sector) {
    try {
      return fleet.catalog().runs().find(ids.get(sector));
    } catch (CatalogException e) {
      return Optional.empty();
    }
  }

  List<StateChange> changes(LostSector sector) {
    return changes(sector.id());
  }

  List<StateChange> changes(SectorId sector) {
    return fleet.catalog().runs().changes(ids.get(sector));
  }

  /** What the workflow itself reports, which needs no catalog. */
  RebuildStatus status(LostSector sector) {
    return temporal()
        .newWorkflowStub(RebuildWorkflow.class, Names.workflowId(sector.id()))
        .status();
  }

  /** Temporal's history of the run. */
  WorkflowExecutionHistory history(LostSector sector) {
    return temporal().fetchHistory(Names.workflowId(sector.id()), runId(sector));
  }

  /** The run, once the catalog has it in that state. */
  RunRecord awaitState(LostSector sector, RebuildState state) {
    return awaitState(sector.id(), state, Await.LIMIT);
  }

  RunRecord awaitState(SectorId sector, RebuildState state) {
    return awaitState(sector, state, Await.LIMIT);
  }

  /** The same with another limit on the wait. */
  RunRecord awaitState(SectorId sector, RebuildState state, Duration limit) {
    return Await.value(
        "%s is %s; its run is %s".formatted(sector, state, run(sector)),
        limit,
        () -> run(sector).filter(run -> run.state() == state));
  }

  /** The run, once it waits for a person. */
  RunRecord awaitParked(LostSector sector) {
    return Await.value(
        sector.id() + " is parked", () -> run(sector).filter(run -> run.attention() != null));
  }

  /** The run, once {@link Stops#holdUp} has kept a stage from running; its host is known then. */
  RunRecord awaitHeldUp(LostSector sector) {
    return Await.value(
        sector.id() + " is held up",
        () ->
            run(sector)
                .filter(run -> run.lastError() != null && run.lastError().startsWith("Host.Busy")));
  }

  /** Ends a workflow from outside Reseal. */
  void terminate(String workflowId) {
    temporal().newUntypedWorkflowStub(workflowId).terminate("by a test");
  }

  /** Makes the comparison of catalog and Temporal, which runs once a minute, run now. */
  void reconcileNow() {
    temporal().newWorkflowStub(ReconcileWorkflow.class, Names.RECONCILE_WORKFLOW).lookNow();
  }
}
