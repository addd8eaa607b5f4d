package io.reseal.temporal;

import io.reseal.contract.Names;
import io.reseal.contract.ReconcileWorkflow;
import io.reseal.problem.RefusedException;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionDescription;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowOptions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The catalog that a namespace is used with. Workers of two catalogs in one namespace would take
 * each other's rebuilds, whose sectors they do not know. So the one workflow that runs there for
 * ever has the catalog's id in its memo.
 */
public final class NamespaceOwner {

  private static final Duration COMPARISONS = Duration.ofMinutes(1);

  private final WorkflowClient client;

  public NamespaceOwner(WorkflowClient client) {
    this.client = client;
  }

  /** The id of the catalog; empty if none is known, e.g. because no worker has run yet. */
  public Optional<String> catalog() {
    return running().flatMap(NamespaceOwner::catalog);
  }

  /**
   * Does nothing if the namespace may be used with a catalog.
   *
   * @throws RefusedException if it is used with another one
   */
  public void require(String catalog) {
    catalog()
        .filter(other -> !other.equals(catalog))
        .ifPresent(
            other -> {
              throw new RefusedException(
                  refusal(client.getOptions().getNamespace(), other, catalog));
            });
  }

  /** What is wrong, and what to do. */
  public static String refusal(String namespace, String other, String catalog) {
    return ("The namespace %s of Temporal is used with another catalog (id %s; that of this"
            + " installation has the id %s). Workers of both would take each other's rebuilds. Give"
            + " this installation a namespace of its own (namespace in [temporal] of reseal.toml;"
            + " reseal temporal setup), or correct its catalog's URL. If the other catalog is lost"
            + " and this one takes its place: reseal temporal setup --catalog-was-lost.")
        .formatted(namespace, other, catalog);
  }

  /**
   * Makes sure that the workflow runs which keeps the catalog and Temporal in step.
   *
   * @throws RefusedException if the namespace is used with another catalog
   */
  public void startReconcile(String catalog) {
    require(catalog);
    // One that an older version has started does not say which catalog it is for.
    boolean unnamed = running().filter(run -> catalog(run).isEmpty()).isPresent();
    ReconcileWorkflow workflow =
        client.newWorkflowStub(
            ReconcileWorkflow.class,
            WorkflowOptions.newBuilder()
                .setWorkflowId(Names.RECONCILE_WORKFLOW)
                .setTaskQueue(Names.CONTROL_QUEUE)
                .setWorkflowIdConflictPolicy(
                    unnamed
                        ? WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING
                        : WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING)
                .setMemo(Map.of(Names.CATALOG_MEMO, catalog))
                .setStaticSummary("Compares the catalog with Temporal, once a minute")
                .build());
    WorkflowClient.start(workflow::run, COMPARISONS);
  }

  /**
   * Lets the namespace be used with another catalog, whose first worker takes it.
   *
   * @return the id of the catalog that it was used with, if it was with one
   */
  public Optional<String> release() {
    Optional<WorkflowExecutionDescription> run = running();
    run.ifPresent(
        present ->
            client
                .newUntypedWorkflowStub(Names.RECONCILE_WORKFLOW)
                .terminate("The catalog was lost; another one takes its place."));
    return run.flatMap(NamespaceOwner::catalog);
  }

  private Optional<WorkflowExecutionDescription> running() {
    try {
      return Optional.of(client.newUntypedWorkflowStub(Names.RECONCILE_WORKFLOW).describe())
          .filter(
              run -> run.getStatus() == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING);
    } catch (WorkflowNotFoundException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> catalog(WorkflowExecutionDescription run) {
    return Optional.ofNullable((String) run.getMemo(Names.CATALOG_MEMO, String.class));
  }
}
