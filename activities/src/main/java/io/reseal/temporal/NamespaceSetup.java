package io.reseal.temporal;

import com.google.protobuf.util.Durations;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.reseal.contract.Names;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.operatorservice.v1.AddSearchAttributesRequest;
import io.temporal.api.operatorservice.v1.ListSearchAttributesRequest;
import io.temporal.api.workflowservice.v1.CountWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.RegisterNamespaceRequest;
import io.temporal.common.SearchAttributeKey;
import io.temporal.serviceclient.OperatorServiceStubs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Gives a Temporal server the namespace and the search attributes of Reseal, and waits until they
 * can be used. Repeating it changes nothing.
 */
public final class NamespaceSetup {

  /** How long the servers of a cluster may take to learn of a new namespace or attribute. */
  private static final Duration PROPAGATION_LIMIT = Duration.ofSeconds(60);

  private final TemporalConnection connection;

  public NamespaceSetup(TemporalConnection connection) {
    this.connection = connection;
  }

  /**
   * One line for each thing: whether it was there or was made.
   *
   * @param retention how long the server keeps a workflow that has ended
   */
  public List<String> run(Duration retention) {
    List<String> report = new ArrayList<>();
    report.add(namespace(retention));
    OperatorServiceStubs operator = connection.operatorService();
    try {
      report.addAll(searchAttributes(operator));
    } finally {
      operator.shutdownNow();
    }
    awaitUsable();
    return report;
  }

  private String namespace(Duration retention) {
    String name = connection.namespace();
    try {
      var unused =
          connection
              .service()
              .blockingStub()
              .registerNamespace(
                  RegisterNamespaceRequest.newBuilder()
                      .setNamespace(name)
                      .setDescription("Reseal: rebuilds of lost sectors")
                      .setWorkflowExecutionRetentionPeriod(
                          Durations.fromMillis(retention.toMillis()))
                      .build());
      return "namespace %s: made".formatted(name);
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.ALREADY_EXISTS) {
        return "namespace %s: was there".formatted(name);
      }
      // The in-memory server has every namespace.
      if (e.getStatus().getCode() == Status.Code.UNIMPLEMENTED) {
        return "namespace %s: was there".formatted(name);
      }
      throw e;
    }
  }

  private List<String> searchAttributes(OperatorServiceStubs operator) {
    List<String> report = new ArrayList<>();
    Map<String, IndexedValueType> missing = new LinkedHashMap<>();
    Map<String, IndexedValueType> present = whenNamespaceIsKnown(operator);
    for (SearchAttributeKey<?> key : Names.SEARCH_ATTRIBUTES) {
      IndexedValueType wanted = key.getValueType();
      IndexedValueType found = present.get(key.getName());
      if (found != null && found != wanted) {
        throw new TemporalException(
            ("Search attribute %s of namespace %s has type %s; Reseal needs %s. Remove it there"
                    + " (temporal operator search-attribute remove), or give Reseal another"
                    + " namespace.")
                .formatted(
                    key.getName(), connection.namespace(), typeName(found), typeName(wanted)));
      }
      if (found == null) {
        missing.put(key.getName(), wanted);
      }
      report.add(
          "search attribute %s (%s): %s"
              .formatted(key.getName(), typeName(wanted), found == null ? "made" : "was there"));
    }
    if (!missing.isEmpty()) {
      var unused =
          operator
              .blockingStub()
              .addSearchAttributes(
                  AddSearchAttributesRequest.newBuilder()
                      .setNamespace(connection.namespace())
                      .putAllSearchAttributes(missing)
                      .build());
    }
    return report;
  }

  private Map<String, IndexedValueType> whenNamespaceIsKnown(OperatorServiceStubs operator) {
    return retryWhile(
        Status.Code.NOT_FOUND,
        () ->
            operator
                .blockingStub()
                .listSearchAttributes(
                    ListSearchAttributesRequest.newBuilder()
                        .setNamespace(connection.namespace())
                        .build())
                .getCustomAttributesMap());
  }

  private void awaitUsable() {
    String query = Names.MINER.getName() + " = '' AND " + Names.ATTENTION.getName() + " = true";
    CountWorkflowExecutionsRequest request =
        CountWorkflowExecutionsRequest.newBuilder()
            .setNamespace(connection.namespace())
            .setQuery(query)
            .build();
    try {
      var unused =
          retryWhile(
              Status.Code.NOT_FOUND,
              () ->
                  retryWhile(
                      Status.Code.INVALID_ARGUMENT,
                      () -> connection.service().blockingStub().countWorkflowExecutions(request)));
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.UNIMPLEMENTED) {
        throw e;
      }
    }
  }

  private static <T> T retryWhile(Status.Code passing, java.util.function.Supplier<T> call) {
    long deadline = System.nanoTime() + PROPAGATION_LIMIT.toNanos();
    while (true) {
      try {
        return call.get();
      } catch (StatusRuntimeException e) {
        if (e.getStatus().getCode() != passing || System.nanoTime() > deadline) {
          throw e;
        }
      }
      try {
        TimeUnit.MILLISECONDS.sleep(200);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new TemporalException("The set-up was interrupted.", e);
      }
    }
  }

  /** {@code Keyword} for INDEXED_VALUE_TYPE_KEYWORD, as Temporal's own tools write it. */
  private static String typeName(IndexedValueType type) {
    String word = type.name().replace("INDEXED_VALUE_TYPE_", "");
    return switch (type) {
      case INDEXED_VALUE_TYPE_KEYWORD_LIST -> "KeywordList";
      default -> word.charAt(0) + word.substring(1).toLowerCase(java.util.Locale.ROOT);
    };
  }
}
