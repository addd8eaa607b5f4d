package io.reseal.temporal;

import com.google.protobuf.util.Durations;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.reseal.contract.Names;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.operatorservice.v1.AddSearchAttributesRequest;
import io.temporal.api.operatorservice.v1.ListSearchAttributesRequest;
import io.temporal.api.workflowservice.v1.RegisterNamespaceRequest;
import io.temporal.common.SearchAttributeKey;
import io.temporal.serviceclient.OperatorServiceStubs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Creates Reseal's namespace and search attributes on a Temporal server and waits until they can be
 * used. Repeating it changes nothing; a server that is too old is refused.
 */
public final class NamespaceSetup {

  /** How long the servers of a cluster may take to see a new namespace or attribute. */
  private static final Duration PROPAGATION_LIMIT = Duration.ofSeconds(60);

  private final TemporalConnection connection;

  public NamespaceSetup(TemporalConnection connection) {
    this.connection = connection;
  }

  /**
   * Creates what is missing; returns one line for each: whether it existed or was created.
   *
   * @param retention how long the server keeps a workflow that has ended
   */
  public List<String> run(Duration retention) {
    requireVersion();
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

  private void requireVersion() {
    String version = new TemporalProbe(connection).serverVersion();
    if (ServerVersion.OLDEST_TEMPORAL.isNewerThan(version)) {
      throw new TemporalException(
          "The Temporal server at %s is version %s; Reseal needs %s or newer. Upgrade it."
              .formatted(connection.address(), version, ServerVersion.OLDEST_TEMPORAL));
    }
  }

  private String namespace(Duration retention) {
    String name = connection.namespace();
    try {
      connection
          .service()
          .blockingStub()
          .registerNamespace(
              RegisterNamespaceRequest.newBuilder()
                  .setNamespace(name)
                  .setDescription("Reseal: rebuilds of lost sectors")
                  .setWorkflowExecutionRetentionPeriod(Durations.fromMillis(retention.toMillis()))
                  .build());
      return "namespace %s: created".formatted(name);
    } catch (StatusRuntimeException e) {
      // The in-memory server has every namespace and creates none.
      if (is(e, Status.Code.ALREADY_EXISTS) || is(e, Status.Code.UNIMPLEMENTED)) {
        return "namespace %s: exists".formatted(name);
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
              .formatted(key.getName(), typeName(wanted), found == null ? "created" : "exists"));
    }
    if (!missing.isEmpty()) {
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
    ListSearchAttributesRequest request =
        ListSearchAttributesRequest.newBuilder().setNamespace(connection.namespace()).build();
    return untilKnown(
            () -> operator.blockingStub().listSearchAttributes(request).getCustomAttributesMap())
        .orElse(Map.of());
  }

  private void awaitUsable() {
    untilKnown(() -> VisibilityQuery.BY_SEARCH_ATTRIBUTES.count(connection));
  }

  /**
   * Repeats a call while the server does not know the namespace or an attribute yet. Empty if the
   * server does not support the call, e.g. the in-memory one.
   */
  private static <T> Optional<T> untilKnown(Supplier<T> call) {
    long deadline = System.nanoTime() + PROPAGATION_LIMIT.toNanos();
    while (true) {
      try {
        return Optional.of(call.get());
      } catch (StatusRuntimeException e) {
        if (is(e, Status.Code.UNIMPLEMENTED)) {
          return Optional.empty();
        }
        boolean mayPass = is(e, Status.Code.NOT_FOUND) || is(e, Status.Code.INVALID_ARGUMENT);
        if (!mayPass || System.nanoTime() > deadline) {
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

  private static boolean is(StatusRuntimeException e, Status.Code code) {
    return e.getStatus().getCode() == code;
  }

  /** {@code Keyword} for INDEXED_VALUE_TYPE_KEYWORD, as Temporal's own tools write it. */
  private static String typeName(IndexedValueType type) {
    String word = type.name().replace("INDEXED_VALUE_TYPE_", "");
    return switch (type) {
      case INDEXED_VALUE_TYPE_KEYWORD_LIST -> "KeywordList";
      default -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT);
    };
  }
}
