package io.reseal.control;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.reseal.catalog.Catalog;
import io.reseal.contract.BatchNews;
import io.reseal.contract.BatchWorkflow;
import io.reseal.contract.Names;
import io.reseal.contract.RunRecord;
import io.reseal.contract.StateChange;
import io.reseal.plan.Step;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Tells the batches that have a sector how its rebuild stands, whoever started that rebuild. */
public final class BatchNotifier {

  /** What every rebuild goes through: no news to a batch. */
  private static final Set<String> USUAL =
      Stream.concat(
              Stream.of("requested", "thread held"), Arrays.stream(Step.values()).map(Step::title))
          .collect(Collectors.toUnmodifiableSet());

  private final Catalog catalog;
  private final WorkflowClient client;

  public BatchNotifier(Catalog catalog, WorkflowClient client) {
    this.catalog = catalog;
    this.client = client;
  }

  /** Whether a batch wants to know of these changes: an end, a standstill, going on after one. */
  static boolean matters(RunRecord run, List<StateChange> changes) {
    return run.endedAt() != null
        || BatchNews.of(run).parked()
        || changes.stream().anyMatch(change -> !USUAL.contains(change.step()));
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

  /** A batch that is over, or has not begun, asks the catalog itself; any other must be told. */
  private void refuseIfRunning(String batch, RuntimeException notFound) {
    if (Ending.of(client, Names.batchWorkflowId(batch), Optional.empty()).isEmpty()) {
      throw notFound;
    }
  }
}
