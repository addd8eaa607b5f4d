package io.reseal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.reseal.sector.SectorId;
import io.reseal.temporal.TemporalIdentity;
import io.reseal.temporal.TemporalRuns;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowServiceException;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RebuildsInTemporalTest {

  private static final SectorId SECTOR = new SectorId(1001, 7);

  /** A Temporal with the same answer to every question about a run. */
  private record Answering(Supplier<Optional<Run>> answer) implements TemporalRuns {

    @Override
    public Optional<TemporalIdentity> identity() {
      return Optional.empty();
    }

    @Override
    public Optional<Run> find(String workflowId, String runId) {
      return answer.get();
    }

    @Override
    public Optional<Run> newest(String workflowId) {
      return answer.get();
    }
  }

  static Stream<RuntimeException> outages() {
    return Stream.of(
        Status.UNAVAILABLE.asRuntimeException(),
        new WorkflowServiceException(
            WorkflowExecution.getDefaultInstance(),
            "Rebuild",
            Status.UNAVAILABLE.asRuntimeException()));
  }

  // Catches: an outage that fails a persist, or counts as the end of the rebuild.
  @ParameterizedTest
  @MethodSource("outages")
  void anOutageEndsNothing(RuntimeException outage) {
    TemporalRuns away =
        new Answering(
            () -> {
              throw outage;
            });
    assertThat(new EndedRebuilds(away).hasEnded(SECTOR, "run")).isFalse();
    assertThat(new RunningRebuilds(away).test(SECTOR)).isTrue();
  }

  @Test
  void aRunThatIsUnknownOrClosedHasEnded() {
    TemporalRuns running = with(WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING);
    assertThat(new EndedRebuilds(running).hasEnded(SECTOR, "run")).isFalse();
    assertThat(new RunningRebuilds(running).test(SECTOR)).isTrue();
    for (TemporalRuns ended :
        new TemporalRuns[] {
          with(WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED),
          new Answering(Optional::empty)
        }) {
      assertThat(new EndedRebuilds(ended).hasEnded(SECTOR, "run")).isTrue();
      assertThat(new RunningRebuilds(ended).test(SECTOR)).isFalse();
    }
  }

  private static TemporalRuns with(WorkflowExecutionStatus status) {
    return new Answering(() -> Optional.of(new TemporalRuns.Run("run", "run", status)));
  }
}
