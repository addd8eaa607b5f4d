package io.reseal.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.appraisal.LossReader;
import io.reseal.catalog.BatchCounts;
import io.reseal.catalog.BatchRecord;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogDatabase;
import io.reseal.catalog.CatalogSettings;
import io.reseal.contract.BatchNews;
import io.reseal.contract.BatchSector;
import io.reseal.contract.Names;
import io.reseal.contract.RebuildStatus;
import io.reseal.contract.RunRecord;
import io.reseal.contract.StateChange;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a batch is answered about a sector; in-memory Temporal, real catalog. */
class SectorOfBatchIT {

  private static final SectorId SECTOR = new SectorId(1001, 7);
  private static final String BATCH = "disk-7";

  private final CatalogSettings settings = CatalogDatabase.migrated();
  private Catalog catalog;
  private TestWorkflowEnvironment environment;
  private BatchActivitiesImpl activities;

  /** A rebuild that has finished, but is only closed when it is told to. */
  @WorkflowInterface
  public interface Closing {

    @WorkflowMethod(name = "Closing")
    RebuildStatus run(long startedAt);

    @SignalMethod
    void close();
  }

  /** See {@link Closing}. */
  public static final class ClosingImpl implements Closing {

    private boolean closed;

    @Override
    public RebuildStatus run(long startedAt) {
      Workflow.await(() -> closed);
      return new RebuildStatus(
          SectorOfBatchIT.finished(Workflow.getInfo().getRunId(), startedAt),
          List.of(SectorOfBatchIT.change()),
          null,
          List.of());
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private static RunRecord finished(String runId, long startedAt) {
    return new RunRecord(
        runId,
        Names.workflowId(SECTOR),
        SECTOR,
        RebuildState.FINISHED,
        "host-a",
        0,
        startedAt,
        startedAt + 1,
        startedAt + 1,
        1,
        null,
        null,
        null,
        null,
        "alice");
  }

  private static StateChange change() {
    return new StateChange(
        0, RebuildState.FINISHED, 1, "check stored", "host-a", 0, 1, 1L, 2L, 0, null, null);
  }

  @BeforeEach
  void start() {
    catalog = Catalog.open(settings);
    environment =
        TestWorkflowEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder().setUseTimeskipping(false).build());
    environment
        .newWorker(Names.CONTROL_QUEUE)
        .registerWorkflowImplementationTypes(ClosingImpl.class);
    environment.start();
    WorkflowClient client = environment.getWorkflowClient();
    activities =
        new BatchActivitiesImpl(
            catalog,
            client,
            new BatchNotifier(catalog, client),
            new LossReader(catalog, Map.of()),
            InstantSource.system());
  }

  @AfterEach
  void stop() {
    environment.close();
    catalog.close();
  }

  private WorkflowStub begin() {
    WorkflowStub stub =
        environment
            .getWorkflowClient()
            .newUntypedWorkflowStub(
                "Closing",
                WorkflowOptions.newBuilder()
                    .setWorkflowId(Names.workflowId(SECTOR))
                    .setTaskQueue(Names.CONTROL_QUEUE)
                    .build());
    stub.start(1_000L);
    return stub;
  }

  private static void close(WorkflowStub rebuild) {
    rebuild.signal("close");
    assertThat(rebuild.getResult(RebuildStatus.class)).isNotNull();
  }

  private void addBatch() {
    catalog
        .batches()
        .add(
            BatchRecord.asked(BATCH, 1, 1, null, false, false, false, null, "alice"),
            List.of(SECTOR));
  }

  private List<BatchNews> ask() {
    return activities.ask(BATCH, List.of(SECTOR));
  }

  private static BatchNews again() {
    return BatchNews.startAgain(new BatchSector(SECTOR, null, false, null));
  }

  /**
   * The rebuild had finished before the batch was requested, and closes later. Catches: no answer
   * at all, for ever.
   */
  @Test
  void aRebuildThatFinishedBeforeTheBatchIsStartedAgainOnceItIsClosed() {
    WorkflowStub earlier = begin();
    catalog.runs().record(finished(earlier.getExecution().getRunId(), 1_000), List.of(change()));
    addBatch();
    assertThat(ask()).as("while it is not closed").isEmpty();
    close(earlier);
    assertThat(ask()).containsExactly(again());
    assertThat(catalog.batches().counts(BATCH)).contains(new BatchCounts(BATCH, 0, 0, 0, 0, 1));
  }

  /** The catalog was restored from an older backup. Catches: an end that nobody records. */
  @Test
  void aRebuildWhoseRowsAreMissingIsRecordedFromItsResult() {
    addBatch();
    WorkflowStub rebuild = begin();
    assertThat(ask()).isEmpty();
    close(rebuild);
    assertThat(ask()).containsExactly(new BatchNews(SECTOR, RebuildState.FINISHED, false, null));
    assertThat(catalog.batches().counts(BATCH)).contains(new BatchCounts(BATCH, 1, 0, 0, 0, 0));
    assertThat(catalog.runs().changes(rebuild.getExecution().getRunId())).hasSize(1);
  }

  /** Catches: a rebuild terminated before its first record, for which the batch waits for ever. */
  @Test
  void aRebuildThatWasTerminatedBeforeItsFirstRecordIsDropped() {
    addBatch();
    begin().terminate("wrong disk");
    assertThat(ask()).containsExactly(new BatchNews(SECTOR, RebuildState.ABORTED, false, null));
    assertThat(catalog.batches().counts(BATCH)).contains(new BatchCounts(BATCH, 0, 1, 0, 0, 0));
    assertThat(catalog.runs().latest(SECTOR).orElseThrow().lastError())
        .startsWith("Ended from outside: terminated in Temporal")
        .contains("(wrong disk)");
  }

  /** Catches: rows of an unfinished run that a terminated rebuild leaves, shown as running. */
  @Test
  void aRebuildThatWasTerminatedLaterIsDropped() {
    addBatch();
    WorkflowStub rebuild = begin();
    RunRecord run = finished(rebuild.getExecution().getRunId(), 1_000);
    catalog.runs().record(unfinished(run), List.of(change()));
    assertThat(ask()).containsExactly(new BatchNews(SECTOR, RebuildState.PC1_DONE, false, null));
    rebuild.terminate("wrong disk");
    assertThat(ask()).containsExactly(new BatchNews(SECTOR, RebuildState.ABORTED, false, null));
    assertThat(catalog.batches().counts(BATCH)).contains(new BatchCounts(BATCH, 0, 1, 0, 0, 0));
  }

  private static RunRecord unfinished(RunRecord run) {
    return new RunRecord(
        run.runId(),
        run.workflowId(),
        SECTOR,
        RebuildState.PC1_DONE,
        "host-a",
        0,
        1_000,
        1_001,
        null,
        1,
        null,
        null,
        null,
        null,
        "alice");
  }

  /** Catches: an answer from an earlier rebuild's row to a batch whose own rows are missing. */
  @Test
  void aBatchWhoseRowsAreMissingIsAnsweredByTemporal() {
    catalog.runs().record(finished("an earlier run", 500), List.of(change()));
    WorkflowStub rebuild = begin();
    assertThat(ask()).isEmpty();
    close(rebuild);
    assertThat(ask()).containsExactly(new BatchNews(SECTOR, RebuildState.FINISHED, false, null));
  }

  @Test
  void aRebuildThatTemporalDoesNotKnowIsStartedAgain() {
    addBatch();
    assertThat(ask()).containsExactly(again());
  }
}
