package io.reseal.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.catalog.BatchRecord;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogDatabase;
import io.reseal.contract.BatchNews;
import io.reseal.contract.BatchState;
import io.reseal.contract.Names;
import io.reseal.contract.RunRecord;
import io.reseal.contract.StateChange;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;
import io.reseal.temporal.TemporalIdentity;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What Temporal no longer runs is ended in the catalog; in-memory Temporal, real catalog. */
class ReconciliationIT {

  private static final SectorId SECTOR = new SectorId(1001, 7);

  private Catalog catalog;
  private TestWorkflowEnvironment environment;
  private Reconciliation reconciliation;

  /** Which Temporal it is, or null for one without an identity. */
  private TemporalIdentity here;

  /** Stays until it is ended from outside, or fails when told; collects what it is told. */
  @WorkflowInterface
  public interface Lasting {

    @WorkflowMethod(name = "Lasting")
    List<BatchNews> run();

    /** Goes on in a new run. */
    @SignalMethod
    void continueAsNew();

    @SignalMethod
    void rebuildChanged(BatchNews news);
  }

  /** See {@link Lasting}. */
  public static final class LastingImpl implements Lasting {

    private final List<BatchNews> told = new ArrayList<>();
    private boolean continues;

    @Override
    public void continueAsNew() {
      continues = true;
    }

    @Override
    public List<BatchNews> run() {
      Workflow.await(() -> !told.isEmpty() || continues);
      if (continues) {
        Workflow.newContinueAsNewStub(Lasting.class).run();
      }
      return told;
    }

    @Override
    public void rebuildChanged(BatchNews news) {
      told.add(news);
    }
  }

  @BeforeEach
  void start() {
    catalog = Catalog.open(CatalogDatabase.migrated());
    environment =
        TestWorkflowEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder().setUseTimeskipping(false).build());
    environment
        .newWorker(Names.CONTROL_QUEUE)
        .registerWorkflowImplementationTypes(LastingImpl.class);
    environment.start();
    WorkflowClient client = environment.getWorkflowClient();
    reconciliation =
        new Reconciliation(
            catalog, client, new BatchNotifier(catalog, client), () -> Optional.ofNullable(here));
  }

  @AfterEach
  void stop() {
    environment.close();
    catalog.close();
  }

  private WorkflowStub begin(String workflowId) {
    WorkflowStub stub =
        environment
            .getWorkflowClient()
            .newUntypedWorkflowStub(
                "Lasting",
                WorkflowOptions.newBuilder()
                    .setWorkflowId(workflowId)
                    .setTaskQueue(Names.CONTROL_QUEUE)
                    .build());
    stub.start();
    return stub;
  }

  private WorkflowStub beginRebuild() {
    WorkflowStub stub = begin(Names.workflowId(SECTOR));
    record(stub.getExecution().getRunId());
    return stub;
  }

  private void record(String runId) {
    catalog
        .runs()
        .record(
            new RunRecord(
                runId,
                Names.workflowId(SECTOR),
                SECTOR,
                RebuildState.PC1_DONE,
                "host-a",
                0,
                System.currentTimeMillis(),
                System.currentTimeMillis(),
                null,
                1,
                null,
                null,
                null,
                null,
                "alice"),
            List.of(
                new StateChange(
                    0, RebuildState.PC1_DONE, 1, "PC1", "host-a", 0, 1, 1L, 2L, 0, null, null)));
  }

  private RunRecord run(String runId) {
    return catalog.runs().find(runId).orElseThrow();
  }

  /** Seen to catch: a run that is ended because a list does not have it. */
  @Test
  void whatRunsIsLeftAlone() {
    WorkflowStub rebuild = beginRebuild();
    assertThat(reconciliation.reconcile())
        .isEqualTo("All 1 rebuilds and 0 batches that the catalog has as unfinished are running.");
    assertThat(run(rebuild.getExecution().getRunId()).endedAt()).isNull();
  }

  /** Also when the sector's next rebuild runs under the same workflow id. */
  @Test
  void aTerminatedRunIsEndedWithTheReasonAndItsSuccessorGoesOn() {
    WorkflowStub first = beginRebuild();
    first.terminate("wrong disk");
    WorkflowStub second = beginRebuild();

    assertThat(reconciliation.reconcile())
        .startsWith("The rebuild of f01001/7 was ended: terminated in Temporal")
        .contains("(wrong disk)");
    RunRecord ended = run(first.getExecution().getRunId());
    assertThat(ended.state()).isEqualTo(RebuildState.ABORTED);
    assertThat(ended.lastError())
        .startsWith("Ended from outside: terminated in Temporal")
        .endsWith("Rebuild the sector again.");
    assertThat(run(second.getExecution().getRunId()).endedAt()).isNull();
  }

  /**
   * The newest run was terminated before its first record. Catches: a rebuild that is only looked
   * for under the id of its first run.
   */
  @Test
  void aRebuildThatContinuedAndWasTerminatedThenIsEnded() {
    WorkflowStub rebuild = beginRebuild();
    String first = rebuild.getExecution().getRunId();
    WorkflowStub newest =
        environment.getWorkflowClient().newUntypedWorkflowStub(Names.workflowId(SECTOR));
    rebuild.signal("continueAsNew");
    while (newest.describe().getExecution().getRunId().equals(first)) {
      Thread.onSpinWait();
    }
    assertThat(reconciliation.reconcile()).startsWith("All 1 rebuilds");
    newest.terminate("wrong disk");
    assertThat(reconciliation.reconcile()).contains("was ended: terminated in Temporal");
    assertThat(run(first).state()).isEqualTo(RebuildState.ABORTED);
  }

  @Test
  void aRunWhoseHistoryIsGoneIsEnded() {
    record("6dd1f6a9-0000-4000-8000-000000000000");
    assertThat(reconciliation.reconcile()).contains("its history is deleted");
    assertThat(run("6dd1f6a9-0000-4000-8000-000000000000").state()).isEqualTo(RebuildState.ABORTED);
  }

  // Catches: a mistyped namespace, or a server without its database, that ends every rebuild.
  @Test
  void anotherTemporalThatDoesNotKnowARunDoesNotEndIt() {
    String runId = "6dd1f6a9-0000-4000-8000-000000000000";
    here = new TemporalIdentity("cluster", "typo");
    record(runId);
    assertThat(reconciliation.reconcile()).contains("nothing shows that this Temporal ever ran");
    catalog.runs().isIn(runId, "cluster/namespace");
    assertThat(reconciliation.reconcile()).contains("f01001/7");
    assertThat(run(runId).endedAt()).isNull();
    here = new TemporalIdentity("cluster", "namespace");
    assertThat(reconciliation.reconcile()).contains("its history is deleted");
  }

  /** Seen to catch: an end that only the catalog knows, for which the batch waits for ever. */
  @Test
  void theBatchIsTold() {
    catalog
        .batches()
        .add(
            BatchRecord.asked("disk-7", 1, 1, null, false, false, false, null, "alice"),
            List.of(SECTOR));
    catalog.batches().become("disk-7", BatchState.RUNNING, null);
    WorkflowStub batch = begin(Names.batchWorkflowId("disk-7"));
    beginRebuild().terminate("by a test");

    assertThat(reconciliation.reconcile()).contains("The rebuild of f01001/7 was ended");
    BatchNews[] told = batch.getResult(BatchNews[].class);
    assertThat(told).containsExactly(new BatchNews(SECTOR, RebuildState.ABORTED, false, null));
  }

  @Test
  void aTerminatedBatchIsEndedAndOneThatHasNotBegunIsLeftAlone() {
    for (String name : List.of("disk-7", "disk-8", "disk-9")) {
      catalog
          .batches()
          .add(
              BatchRecord.asked(name, 1, 1, null, false, false, false, null, "alice"),
              List.of(SECTOR));
    }
    catalog.batches().become("disk-7", BatchState.RUNNING, null);
    catalog.batches().become("disk-8", BatchState.PAUSED, "paused by anne");
    begin(Names.batchWorkflowId("disk-7")).terminate("by a test");
    assertThat(begin(Names.batchWorkflowId("disk-8")).getExecution()).isNotNull();

    assertThat(reconciliation.reconcile())
        .startsWith("Batch disk-7 was ended: terminated in Temporal");
    BatchRecord ended = catalog.batches().find("disk-7").orElseThrow();
    assertThat(ended.state()).isEqualTo(BatchState.ENDED_FROM_OUTSIDE);
    assertThat(ended.note()).contains("(by a test)");
    assertThat(catalog.batches().find("disk-8").orElseThrow().state()).isEqualTo(BatchState.PAUSED);
    assertThat(catalog.batches().find("disk-9").orElseThrow().state())
        .isEqualTo(BatchState.STARTING);
  }
}
