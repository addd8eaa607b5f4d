package io.reseal.worker;

import io.grpc.StatusRuntimeException;
import io.reseal.contract.Names;
import io.reseal.contract.ReconcileWorkflow;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowOptions;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes sure that the workflow which keeps the catalog and Temporal in step is running. */
final class ReconcileStart {

  private static final Logger LOG = LoggerFactory.getLogger(ReconcileStart.class);

  private static final Duration EVERY = Duration.ofMinutes(1);
  private static final long PERIOD_MINUTES = 5;

  private final WorkflowClient client;
  private final ScheduledExecutorService scheduler;

  ReconcileStart(WorkflowClient client, ScheduledExecutorService scheduler) {
    this.client = client;
    this.scheduler = scheduler;
  }

  /** Starts it now, and checks periodically, because the workflow may be terminated. */
  void begin() {
    var unused = scheduler.scheduleWithFixedDelay(this::start, 0, PERIOD_MINUTES, TimeUnit.MINUTES);
  }

  private void start() {
    ReconcileWorkflow workflow =
        client.newWorkflowStub(
            ReconcileWorkflow.class,
            WorkflowOptions.newBuilder()
                .setWorkflowId(Names.RECONCILE_WORKFLOW)
                .setTaskQueue(Names.CONTROL_QUEUE)
                .setWorkflowIdConflictPolicy(
                    WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING)
                .setStaticSummary("Compares the catalog with Temporal, once a minute")
                .build());
    try {
      WorkflowClient.start(workflow::run, EVERY);
    } catch (WorkflowException | StatusRuntimeException e) {
      LOG.warn("The comparison of catalog and Temporal could not be started: {}", e.getMessage());
    }
  }
}
