package io.reseal.worker;

import io.grpc.StatusRuntimeException;
import io.reseal.problem.RefusedException;
import io.reseal.temporal.NamespaceOwner;
import io.temporal.client.WorkflowException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes sure that the workflow which keeps the catalog and Temporal in step is running. */
final class ReconcileStart {

  private static final Logger LOG = LoggerFactory.getLogger(ReconcileStart.class);

  private static final long PERIOD_MINUTES = 5;

  private final NamespaceOwner namespace;
  private final String catalog;
  private final ScheduledExecutorService scheduler;

  /**
   * @param catalog the id of this worker's catalog
   */
  ReconcileStart(NamespaceOwner namespace, String catalog, ScheduledExecutorService scheduler) {
    this.namespace = namespace;
    this.catalog = catalog;
    this.scheduler = scheduler;
  }

  /** Starts it now, and checks periodically, because the workflow may be terminated. */
  void begin() {
    var unused = scheduler.scheduleWithFixedDelay(this::start, 0, PERIOD_MINUTES, TimeUnit.MINUTES);
  }

  private void start() {
    try {
      namespace.startReconcile(catalog);
    } catch (RefusedException e) {
      LOG.error("{}", e.getMessage());
    } catch (WorkflowException | StatusRuntimeException e) {
      LOG.warn("The comparison of catalog and Temporal could not be started: {}", e.getMessage());
    }
  }
}
