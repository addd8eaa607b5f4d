package io.reseal.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.RecordedHistory;
import io.reseal.contract.BatchProgress;
import io.reseal.contract.Names;
import io.reseal.sector.RebuildState;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.testing.WorkflowReplayer;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Recorded histories of batches replay with today's code: a batch that was begun by an older
 * version goes on after an upgrade.
 *
 * <p>New ones are recorded by {@code mvn -pl workflows test -Dtest=BatchReplayTest
 * -Dreseal.record=DIR}.
 */
class BatchReplayTest {

  private static final String HISTORY = RecordedHistory.named("batch");

  @Test
  void replaysWhatOlderVersionsBegan() throws Exception {
    WorkflowReplayer.replayWorkflowExecutionFromResource(HISTORY, BatchWorkflowImpl.class);
  }

  /** Catches a replay test that would accept anything: the other history has another order. */
  @Test
  void refusesAHistoryInAnotherOrder() throws Exception {
    String json;
    try (var resource = getClass().getClassLoader().getResourceAsStream(HISTORY)) {
      json = new String(resource.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }
    String other = json.replace("rebuild-f01001-0", "rebuild-f01001-9");
    assertThat(other).isNotEqualTo(json);
    assertThatThrownBy(
            () ->
                WorkflowReplayer.replayWorkflowExecution(
                    WorkflowExecutionHistory.fromJson(other), BatchWorkflowImpl.class))
        .hasMessageContaining("NonDeterministicException");
  }

  /** One that parks and is retried, one that somebody else had started, a pause, a resume. */
  @Test
  @EnabledIfSystemProperty(named = RecordedHistory.DIRECTORY, matches = ".+")
  void recordsAHistory() throws Exception {
    try (BatchHarness harness = new BatchHarness(4)) {
      harness.startElsewhere(FakeBatches.sector(1));
      CompletableFuture<BatchProgress> end = harness.start(2);
      harness.awaitRunning(0, 1);
      harness.tell(0, RebuildState.ALLOCATED, "Sector.PieceMissing: look.");
      harness.awaitRunning(1, 2);
      assertThat(harness.batch().pause(BatchHarness.ANNE)).isNotEmpty();
      harness.tell(1, RebuildState.FINISHED, null);
      harness.awaitRunning(2);
      assertThat(harness.batch().retryParked(BatchHarness.ANNE)).isNotEmpty();
      harness.tell(0, RebuildState.ALLOCATED, null);
      harness.finish(0);
      assertThat(harness.batch().resume(BatchHarness.ANNE)).isNotEmpty();
      harness.awaitRunning(2, 3);
      harness.finish(2);
      harness.finish(3);
      assertThat(end.join().finished()).isEqualTo(4);
      RecordedHistory.save(harness.client(), Names.batchWorkflowId(BatchHarness.NAME), "batch");
    }
  }
}
