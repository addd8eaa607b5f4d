package io.reseal.control;

import io.reseal.catalog.BatchRecord;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.RunFilter;
import io.reseal.contract.BatchState;
import io.reseal.contract.Names;
import io.reseal.contract.ReconcileActivities;
import io.reseal.contract.RunRecord;
import io.reseal.temporal.TemporalIdentity;
import io.reseal.temporal.VisibilityQuery;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.client.WorkflowClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends in the catalog what Temporal no longer runs: rebuilds and batches that were terminated,
 * failed, timed out, or whose history is gone. What may still run is left alone.
 */
public final class Reconciliation implements ReconcileActivities {

  private static final Logger LOG = LoggerFactory.getLogger(Reconciliation.class);

  private final Catalog catalog;
  private final WorkflowClient client;
  private final ClosedRebuilds closed;
  private final Supplier<Optional<TemporalIdentity>> temporal;

  /**
   * @param temporal which Temporal is compared with, if it has an identity
   */
  public Reconciliation(
      Catalog catalog,
      WorkflowClient client,
      BatchNotifier batches,
      Supplier<Optional<TemporalIdentity>> temporal) {
    this.catalog = catalog;
    this.client = client;
    this.closed = new ClosedRebuilds(catalog, client, batches);
    this.temporal = temporal;
  }

  @Override
  public String reconcile() {
    // The catalog first: what begins after this is not looked at.
    List<RunRecord> unfinished = catalog.runs().unfinished(RunFilter.ANY);
    List<BatchRecord> working = catalog.batches().working();
    Set<String> running = unfinished.isEmpty() ? Set.of() : runningRebuilds();
    Optional<TemporalIdentity> here = temporal.get();
    List<String> ended = new ArrayList<>();
    List<String> elsewhere = new ArrayList<>();
    for (RunRecord run : unfinished) {
      if (!running.contains(run.runInTemporal())) {
        Optional<Ending> ending =
            Ending.of(client, run.workflowId(), Optional.of(run.runInTemporal()));
        if (ending.filter(found -> found.isUnknown() && !isOf(here, run)).isPresent()) {
          elsewhere.add(run.sector().toString());
        } else {
          ending.flatMap(found -> closed.end(run, found)).ifPresent(ended::add);
        }
      }
    }
    for (BatchRecord batch : working) {
      Ending.of(client, Names.batchWorkflowId(batch.name()), Optional.empty())
          .filter(ending -> !ending.isUnknown() || isOf(here, batch))
          .flatMap(ending -> end(batch, ending))
          .ifPresent(ended::add);
    }
    ended.forEach(sentence -> LOG.warn("{}", sentence));
    if (!elsewhere.isEmpty()) {
      ended.add(
          "Not ended, because nothing shows that this Temporal ever ran them: %s. If it lost its database: reseal recover."
              .formatted(String.join(", ", elsewhere)));
    }
    return ended.isEmpty()
        ? "All %d rebuilds and %d batches that the catalog has as unfinished are running."
            .formatted(unfinished.size(), working.size())
        : String.join("\n", ended);
  }

  /** Whether it follows that a run has ended if this Temporal does not know it. */
  private boolean isOf(Optional<TemporalIdentity> here, RunRecord run) {
    return here.isEmpty()
        || catalog.runs().temporalOf(run.runId()).equals(here.map(TemporalIdentity::toString));
  }

  private boolean isOf(Optional<TemporalIdentity> here, BatchRecord batch) {
    return here.isEmpty()
        || catalog
            .runs()
            .temporalOfBatch(batch.name())
            .equals(here.map(TemporalIdentity::toString));
  }

  /** Run ids of what Temporal lists as running; a list that comes late only costs a closer look. */
  private Set<String> runningRebuilds() {
    try (Stream<WorkflowExecution> running = VisibilityQuery.RUNNING_REBUILDS.list(client)) {
      return running.map(WorkflowExecution::getRunId).collect(Collectors.toSet());
    }
  }

  private Optional<String> end(BatchRecord batch, Ending ending) {
    BatchState state = ending.isCanceled() ? BatchState.CANCELED : BatchState.ENDED_FROM_OUTSIDE;
    return catalog.batches().endIfWorking(batch.name(), state, ending.text())
        ? Optional.of("Batch %s was ended: %s.".formatted(batch.name(), ending.text()))
        : Optional.empty();
  }
}
