package io.reseal.temporal;

import com.google.protobuf.Timestamp;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.reseal.contract.Names;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.enums.v1.TaskQueueType;
import io.temporal.api.operatorservice.v1.ListSearchAttributesRequest;
import io.temporal.api.taskqueue.v1.PollerInfo;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.api.workflowservice.v1.DescribeTaskQueueRequest;
import io.temporal.api.workflowservice.v1.GetSystemInfoRequest;
import io.temporal.api.workflowservice.v1.PollActivityTaskQueueRequest;
import io.temporal.common.SearchAttributeKey;
import io.temporal.serviceclient.OperatorServiceStubs;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** Examines a Temporal server without changing anything of Reseal's there. */
public final class TemporalProbe {

  /** No task is ever put there: polling it shows the server's clock. */
  private static final String QUEUE = "reseal-doctor";

  private static final Duration POLL_LIMIT = Duration.ofSeconds(5);

  private final TemporalConnection connection;

  public TemporalProbe(TemporalConnection connection) {
    this.connection = connection;
  }

  /** The server's version; fails with gRPC's exception if it does not answer. */
  public String serverVersion() {
    return connection
        .service()
        .blockingStub()
        .getSystemInfo(GetSystemInfoRequest.getDefaultInstance())
        .getServerVersion();
  }

  public boolean hasNamespace() {
    try {
      connection
          .service()
          .blockingStub()
          .describeNamespace(
              DescribeNamespaceRequest.newBuilder().setNamespace(connection.namespace()).build());
      return true;
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  /** Names of Reseal's search attributes that the namespace lacks, or has with another type. */
  public List<String> missingSearchAttributes() {
    OperatorServiceStubs operator = connection.operatorService();
    try {
      Map<String, IndexedValueType> present =
          operator
              .blockingStub()
              .listSearchAttributes(
                  ListSearchAttributesRequest.newBuilder()
                      .setNamespace(connection.namespace())
                      .build())
              .getCustomAttributesMap();
      return Names.SEARCH_ATTRIBUTES.stream()
          .filter(key -> present.get(key.getName()) != key.getValueType())
          .map(SearchAttributeKey::getName)
          .toList();
    } finally {
      operator.shutdownNow();
    }
  }

  /** The server's clock, as recorded when a poll begins; empty if the server does not report it. */
  public Optional<Instant> clock() {
    String identity = "reseal-doctor-" + UUID.randomUUID();
    try (Context.CancellableContext poll = Context.current().withCancellation()) {
      poll.run(() -> poll(identity));
      long deadline = System.nanoTime() + POLL_LIMIT.toNanos();
      Optional<Instant> noted = noted(identity);
      while (noted.isEmpty() && System.nanoTime() < deadline) {
        TimeUnit.MILLISECONDS.sleep(50);
        noted = noted(identity);
      }
      return noted;
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.UNIMPLEMENTED) {
        return Optional.empty();
      }
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private void poll(String identity) {
    // The result of the poll is of no interest: closing the context cancels it.
    var unused =
        connection
            .service()
            .futureStub()
            .withDeadlineAfter(POLL_LIMIT.toSeconds() * 2, TimeUnit.SECONDS)
            .pollActivityTaskQueue(
                PollActivityTaskQueueRequest.newBuilder()
                    .setNamespace(connection.namespace())
                    .setTaskQueue(TaskQueue.newBuilder().setName(QUEUE))
                    .setIdentity(identity)
                    .build());
  }

  private Optional<Instant> noted(String identity) {
    return connection
        .service()
        .blockingStub()
        .describeTaskQueue(
            DescribeTaskQueueRequest.newBuilder()
                .setNamespace(connection.namespace())
                .setTaskQueue(TaskQueue.newBuilder().setName(QUEUE))
                .setTaskQueueType(TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY)
                .build())
        .getPollersList()
        .stream()
        .filter(poller -> poller.getIdentity().equals(identity))
        .map(PollerInfo::getLastAccessTime)
        .map(TemporalProbe::instant)
        .findFirst();
  }

  private static Instant instant(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }
}
