package io.reseal.cli.batch;

import io.reseal.catalog.BatchCounts;
import io.reseal.catalog.BatchLoss;
import io.reseal.catalog.BatchRecord;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogException;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.contract.BatchRequest;
import io.reseal.contract.BatchWorkflow;
import io.reseal.contract.Names;
import io.reseal.problem.RefusedException;
import io.reseal.sector.SectorId;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.SearchAttributes;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Starts new batches, and restarts those that ended before all sectors were done. */
public final class BatchStart {

  private final Shell shell;
  private final Services services;

  public BatchStart(Shell shell, Services services) {
    this.shell = shell;
    this.services = services;
  }

  /** Starts the batch, or reports the one that already has its name. */
  public void ask(BatchRecord batch, List<SectorId> sectors) {
    ask(batch, sectors, () -> losses(batch, sectors));
  }

  /**
   * Starts the batch, or reports the one that already has its name.
   *
   * @param losses what is known of those that are lost
   */
  public void ask(BatchRecord batch, List<SectorId> sectors, Supplier<List<BatchLoss>> losses) {
    // Ask Temporal first: if it does not answer, nothing is written.
    boolean running = isRunning(batch.name());
    BatchRecord there = services.catalog().batches().find(batch.name()).orElse(null);
    if (there == null) {
      services.catalog().batches().add(batch, sectors, losses.get());
      start(batch);
      return;
    }
    if (!new HashSet<>(services.catalog().batches().sectors(batch.name()))
        .equals(new HashSet<>(sectors))) {
      throw new RefusedException(
          "A batch %s with other sectors exists (%s): give another --name."
              .formatted(batch.name(), running ? "running" : there.state()));
    }
    if (running && !isFinished(batch)) {
      tell(batch, "is already running, %d sectors".formatted(there.sectors()), "");
    } else {
      again(batch);
    }
  }

  /** A scan that cannot be read keeps no sector from being rebuilt. */
  private List<BatchLoss> losses(BatchRecord batch, List<SectorId> sectors) {
    try {
      Catalog catalog = services.catalog();
      Instant now = Instant.now();
      Set<Long> miners = sectors.stream().map(SectorId::miner).collect(Collectors.toSet());
      return new BatchLosses(services.losses().newest(miners, now.toEpochMilli()), now)
          .plan(batch, catalog.threads().all(), sectors)
          .losses();
    } catch (CatalogException e) {
      if (e.reason() != CatalogException.Reason.BROKEN_RECORD) {
        throw e;
      }
      shell.say(
          "The batch's report will not say what was lost, because the scan cannot be read (%s). To mend that: reseal losses scan."
              .formatted(e.getMessage()));
      return List.of();
    }
  }

  /** Restarts a batch that has ended, for the sectors that are not finished. */
  void again(BatchRecord batch) {
    if (isFinished(batch)) {
      shell.line(
          "batch %s: all %d sectors are finished; to rebuild them again, give another --name."
              .formatted(batch.name(), batch.sectors()));
      return;
    }
    services.catalog().batches().restart(batch);
    start(batch);
  }

  /** Whether nothing is left to do, which is so a moment before the batch's workflow ends. */
  private boolean isFinished(BatchRecord batch) {
    return services.catalog().batches().counts(batch.name()).orElseThrow().finished()
        == batch.sectors();
  }

  boolean isRunning(String name) {
    try {
      return services
              .temporal()
              .client()
              .newUntypedWorkflowStub(Names.batchWorkflowId(name))
              .describe()
              .getStatus()
          == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
    } catch (WorkflowNotFoundException e) {
      return false;
    }
  }

  private void start(BatchRecord batch) {
    BatchCounts counts = services.catalog().batches().counts(batch.name()).orElseThrow();
    int open = batch.sectors() - counts.finished();
    BatchWorkflow workflow =
        services
            .temporal()
            .client()
            .newWorkflowStub(
                BatchWorkflow.class,
                WorkflowOptions.newBuilder()
                    .setWorkflowId(Names.batchWorkflowId(batch.name()))
                    .setTaskQueue(Names.CONTROL_QUEUE)
                    .setWorkflowIdConflictPolicy(
                        WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_FAIL)
                    .setStaticSummary(
                        "batch %s: %d sectors, %d at a time"
                            .formatted(batch.name(), batch.sectors(), batch.parallel()))
                    .setTypedSearchAttributes(
                        SearchAttributes.newBuilder()
                            .set(Names.BATCH, batch.name())
                            .set(Names.ATTENTION, false)
                            .build())
                    .build());
    BatchRequest request =
        new BatchRequest(
            batch.name(),
            batch.sectors(),
            batch.parallel(),
            services.installation().timings(),
            shell.requester(),
            batch.prove(),
            batch.force(),
            batch.host(),
            null,
            batch.urgent(),
            batch.unsealed(),
            batch.byCost() ? true : null);
    try {
      WorkflowExecution execution = WorkflowClient.start(workflow::run, request);
      tell(
          batch,
          open == batch.sectors()
              ? "started, %d sectors, %d at a time".formatted(open, batch.parallel())
              : "started again over the %d of %d sectors that are not finished, %d at a time"
                  .formatted(open, batch.sectors(), batch.parallel()),
          execution.getRunId());
    } catch (WorkflowExecutionAlreadyStarted e) {
      tell(batch, "is already running", e.getExecution().getRunId());
    }
  }

  private void tell(BatchRecord batch, String said, String runId) {
    String id = Names.batchWorkflowId(batch.name());
    shell.line("batch %s: %s, as %s".formatted(batch.name(), said, id));
    shell.line("  see its progress: reseal batch state " + batch.name());
    services.webPage(id, runId).ifPresent(page -> shell.line("  watch it at " + page));
  }
}
