package io.reseal.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.contract.Names;
import io.reseal.contract.ReconcileActivities;
import io.reseal.contract.ReconcileWorkflow;
import io.reseal.problem.RefusedException;
import io.reseal.reconcile.ReconcileWorkflowImpl;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A namespace on the in-memory server, and the workers of two catalogs. */
class NamespaceOwnerTest {

  private final TestWorkflowEnvironment environment = TestWorkflowEnvironment.newInstance();
  private final WorkflowClient client = environment.getWorkflowClient();
  private final NamespaceOwner namespace = new NamespaceOwner(client);

  @AfterEach
  void close() {
    environment.close();
  }

  // Catches: two installations in one namespace, whose workers take each other's rebuilds.
  @Test
  void theFirstCatalogKeepsTheOthersOut() {
    assertThat(namespace.catalog()).isEmpty();
    namespace.startReconcile("ours");

    assertThatThrownBy(() -> namespace.require("theirs"))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("id ours")
        .hasMessageContaining("id theirs")
        .hasMessageContaining("--catalog-was-lost");
    assertThatThrownBy(() -> namespace.startReconcile("theirs"))
        .isInstanceOf(RefusedException.class);
    assertThatCode(() -> namespace.startReconcile("ours")).doesNotThrowAnyException();
    assertThat(namespace.catalog()).contains("ours");
  }

  // Catches: a catalog that was lost and keeps its successor out for ever.
  @Test
  void aNamespaceThatIsReleasedTakesTheNextCatalog() {
    assertThat(namespace.release()).isEmpty();
    namespace.startReconcile("ours");

    assertThat(namespace.release()).contains("ours");
    assertThat(namespace.catalog()).isEmpty();
    namespace.startReconcile("theirs");
    assertThat(namespace.catalog()).contains("theirs");
  }

  // Catches: an upgraded fleet whose namespace still says nothing, because the workflow of the
  // version before runs on.
  @Test
  void theWorkflowOfAnOlderVersionIsReplaced() {
    WorkflowClient.start(
        client.newWorkflowStub(
                ReconcileWorkflow.class,
                WorkflowOptions.newBuilder()
                    .setWorkflowId(Names.RECONCILE_WORKFLOW)
                    .setTaskQueue(Names.CONTROL_QUEUE)
                    .build())
            ::run,
        Duration.ofMinutes(1));
    assertThat(namespace.catalog()).isEmpty();

    namespace.startReconcile("ours");

    assertThat(namespace.catalog()).contains("ours");
  }

  // Catches: a namespace that forgets its catalog after some hours, when the workflow begins anew.
  @Test
  void theNextRunOfTheWorkflowSaysItToo() {
    Worker worker = environment.newWorker(Names.CONTROL_QUEUE);
    worker.registerWorkflowImplementationTypes(ReconcileWorkflowImpl.class);
    worker.registerActivitiesImplementations((ReconcileActivities) () -> "Compared.");
    environment.start();
    namespace.startReconcile("ours");
    String first = runId();

    environment.sleep(Duration.ofHours(4));

    assertThat(runId()).isNotEqualTo(first);
    assertThat(namespace.catalog()).contains("ours");
  }

  private String runId() {
    return client
        .newUntypedWorkflowStub(Names.RECONCILE_WORKFLOW)
        .describe()
        .getExecution()
        .getRunId();
  }
}
