package io.reseal.temporal;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.reseal.contract.Names;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.workflowservice.v1.CountWorkflowExecutionsRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionMetadata;
import java.util.stream.Stream;

/**
 * Every query that the program sends to Temporal's visibility store. They are all here, so that a
 * test can run each of them on every version of the server that is supported.
 */
public enum VisibilityQuery {
  RUNNING_REBUILDS("WorkflowType = 'Rebuild' AND ExecutionStatus = 'Running'"),

  /** Fails as long as a server does not know Reseal's search attributes. */
  BY_SEARCH_ATTRIBUTES(
      "%s = '' AND %s = true".formatted(Names.MINER.getName(), Names.ATTENTION.getName()));

  private final String text;

  VisibilityQuery(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }

  /**
   * The workflows that the server lists, which may lag behind by seconds; none if the server has no
   * lists, as the in-memory one.
   */
  public Stream<WorkflowExecution> list(WorkflowClient client) {
    try {
      return client.listExecutions(text).map(WorkflowExecutionMetadata::getExecution);
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.UNIMPLEMENTED) {
        return Stream.empty();
      }
      throw e;
    }
  }

  /** How many workflows there are; fails with gRPC's exception. */
  long count(TemporalConnection connection) {
    return connection
        .service()
        .blockingStub()
        .countWorkflowExecutions(
            CountWorkflowExecutionsRequest.newBuilder()
                .setNamespace(connection.namespace())
                .setQuery(text)
                .build())
        .getCount();
  }
}
