package io.reseal.control;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.reseal.catalog.Catalog;
import io.reseal.contract.BatchNews;
import io.reseal.contract.BatchWorkflow;
import io.reseal.contract.Names;
import io.reseal.contract.RunRecord;
import io.reseal.contract.StateChange;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import java.util.List;
import java.util.Optional;

/** Notifies the batches that contain a sector of its rebuild's progress, whoever started it. */
public final class BatchNotifier {

  private final Catalog catalog;
  private final WorkflowClient client;

  public BatchNotifier(Catalog catalog, WorkflowClient client) {
    this.catalog = catalog;
    this.client = client;
  }

  /** Whether these changes matter to a batch: an end, a park or pause, a resume, a problem. */
  static boolean matters(RunRecord run, List<StateChange> changes) {
    return run.endedAt() != null
        || BatchNews.of(run).parked()
        || changes.stream().anyMatch(change -> !change.kind().isRoutine());
  }

  void send(BatchNews news) {
    catalog.batches().openOf(news.sector()).forEach(batch -> signal(batch, news));
  }

  private void signal(String batch, BatchNews news) {
    try {
      client
          .newWorkflowStub(BatchWorkflow.class, Names.batchWorkflowId(batch))
          .rebuildChanged(news);
    } catch (WorkflowNotFoundException e) {
      refuseIfRunning(batch, e);
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.NOT_FOUND) {
        throw e;
      }
      refuseIfRunning(batch, e);
    }
  }

  /**
   * A batch that has ended or not begun reads the catalog itself; a running one needs the signal.
   */
  private void refuseIfRunning(String batch, RuntimeException notFound) {
    if (Ending.of(client, Names.batchWorkflowId(batch), Optional.empty()).isEmpty()) {
      throw notFound;
    }
  }
}
