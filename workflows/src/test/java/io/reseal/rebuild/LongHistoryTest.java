package io.reseal.rebuild;

import static io.reseal.rebuild.RebuildHarness.ANNE_RESUMES;
import static io.reseal.rebuild.RebuildHarness.SECTOR;
import static io.reseal.rebuild.RebuildHarness.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.contract.FailureType;
import io.reseal.contract.MoveCommand;
import io.reseal.contract.Names;
import io.reseal.contract.PauseCommand;
import io.reseal.contract.RebuildStatus;
import io.reseal.contract.RequestBuilder;
import io.reseal.contract.RunRecord;
import io.reseal.contract.StateChange;
import io.reseal.contract.Timings;
import io.reseal.plan.Step;
import io.reseal.sector.RebuildState;
import io.temporal.client.WorkflowExecutionDescription;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A rebuild goes on in a new run of its workflow before its history becomes too long. */
class LongHistoryTest {

  private static final int EVENTS = 150;

  /** A run ends at a quiet point, so it may be longer by what happens between two of them. */
  private static final int MOST_EVENTS = EVENTS + 150;

  private static final PauseCommand NOW = new PauseCommand("anne", true);
  private static final Duration HALF_A_DAY = Duration.ofHours(12);

  private static final Timings PATIENT =
      new Timings(
          RebuildHarness.TIMINGS.heartbeat(),
          RebuildHarness.TIMINGS.hostGrace(),
          RebuildHarness.TIMINGS.retryFirst(),
          RebuildHarness.TIMINGS.retryMost(),
          RebuildHarness.TIMINGS.attempts(),
          HALF_A_DAY);

  /** Catches: one history for all 84 times that it is parked, and anything that a run forgets. */
  @Test
  void parkedFor42DaysIsOneRebuildOfManyRuns() throws Exception {
    int parks = 84;
    FakeHost host = new FakeHost("host-a");
    IntStream.range(0, parks)
        .forEach(park -> host.failing(Step.PERSIST, failure(FailureType.HOST_NO_STORE)));
    try (RebuildHarness harness = RebuildHarness.withEventsPerRun(EVENTS, host)) {
      CompletableFuture<RebuildStatus> end =
          harness.start(RequestBuilder.of(SECTOR, PATIENT).build());
      harness.catalog.await("parked");
      RunRecord first = harness.catalog.run();

      for (int park = 1; park < parks; park++) {
        harness.environment().sleep(HALF_A_DAY);
        harness.catalog.await("parked");
        assertThat(harness.events()).isLessThan(MOST_EVENTS);
      }
      harness.environment().sleep(HALF_A_DAY);
      RunRecord last = end.join().run();

      assertThat(last.state()).isEqualTo(RebuildState.FINISHED);
      assertThat(last.runId()).isEqualTo(first.runId()).isNotEqualTo(last.currentRunId());
      assertThat(last.startedAt()).isEqualTo(first.startedAt());
      assertThat(last.attempts()).isGreaterThan(first.attempts());
      assertThat(harness.catalog.changes())
          .extracting(StateChange::seq)
          .containsExactlyElementsOf(
              IntStream.range(0, harness.catalog.changes().size()).boxed().toList());
      assertThat(harness.catalog.changes())
          .filteredOn(change -> change.isDone(Step.PC1))
          .as("what is in scratch is not made again")
          .hasSize(1);
      WorkflowExecutionDescription description =
          WorkflowStub.fromTyped(harness.newest()).describe();
      assertThat(description.getExecution().getRunId()).isEqualTo(last.currentRunId());
      assertThat(description.getTypedSearchAttributes().get(Names.STATE)).isEqualTo("Finished");
    }
  }

  /** Catches: requests of operators that get lost between two runs, and runs without an end. */
  @Test
  void pausedAndMovedManyTimesLosesNoRequest() throws Exception {
    FakeHost a = new FakeHost("host-a").holdingAt(Step.PC1);
    FakeHost b = new FakeHost("host-b").holdingAt(Step.PC1);
    try (RebuildHarness harness = RebuildHarness.withEventsPerRun(EVENTS, a, b)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      a.awaitEntered(Step.PC1);
      for (int time = 0; time < 20; time++) {
        FakeHost next = time % 2 == 0 ? b : a;
        assertThat(harness.newest().pause(NOW)).contains("is paused");
        next.holdingAt(Step.PC1);
        assertThat(harness.newest().move(new MoveCommand("anne", next.name())))
            .contains(next.name());
        next.awaitEntered(Step.PC1);
        assertThat(harness.events()).isLessThan(MOST_EVENTS);
      }
      assertThat(harness.catalog.run().host()).isEqualTo("host-a");
      assertThat(harness.catalog.run().currentRunId()).isNotNull();
      a.open(Step.PC1);
      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
    }
  }

  /** Catches: requests that a later run does not know how to carry out. */
  @Test
  void commandsInEachLaterRunAreCarriedOut() throws Exception {
    FakeHost host =
        new FakeHost("host-a")
            .failing(
                Step.PERSIST,
                failure(FailureType.CONFIG_INVALID),
                failure(FailureType.CONFIG_INVALID),
                failure(FailureType.CONFIG_INVALID));
    try (RebuildHarness harness = RebuildHarness.withEventsPerRun(1, host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      for (int time = 0; time < 3; time++) {
        harness.catalog.await("parked");
        assertThat(harness.newest().resume(ANNE_RESUMES)).contains("continues from");
      }
      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
    }
  }

  /** Catches: a rebuild that a later run does not bind to its host any more. */
  @Test
  void aLaterRunStaysBoundToItsHost() throws Exception {
    FakeHost own =
        new FakeHost("host-a").failing(Step.PERSIST, failure(FailureType.CONFIG_INVALID));
    FakeHost other = new FakeHost("host-b");
    try (RebuildHarness harness = RebuildHarness.withEventsPerRun(1, other, own)) {
      CompletableFuture<RebuildStatus> end =
          harness.start(RequestBuilder.of(SECTOR, RebuildHarness.TIMINGS).host(own.name()).build());
      harness.catalog.await("parked");
      harness.newest().resume(ANNE_RESUMES);

      assertThat(end.join().run().host()).isEqualTo(own.name());
      assertThat(end.join().run().currentRunId()).as("it continued in another run").isNotNull();
      assertThat(other.ran()).isEmpty();
    }
  }
}
