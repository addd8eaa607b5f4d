package io.reseal.batch;

import static io.reseal.batch.BatchHarness.ANNE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.contract.BatchNews;
import io.reseal.contract.BatchProgress;
import io.reseal.contract.HeldBack;
import io.reseal.contract.Names;
import io.reseal.contract.RebuildStatus;
import io.reseal.sector.RebuildState;
import io.temporal.api.enums.v1.EventType;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class BatchWorkflowTest {

  private static final int SECTORS = 14;

  /** By then the batch has asked about its rebuilds. */
  private static final Duration QUESTION = Duration.ofMinutes(6);

  /** Seen to catch: a window without its bound, and sectors started from the end of the list. */
  @Test
  void keepsAsManyOnTheirWayAsWantedInTheOrderGiven() {
    try (BatchHarness harness = new BatchHarness(5)) {
      CompletableFuture<BatchProgress> end = harness.start(2);
      BatchProgress first = harness.awaitRunning(0, 1);
      assertThat(first.next()).isEqualTo(2);

      harness.finish(1);
      harness.awaitRunning(0, 2);
      harness.finish(0);
      harness.awaitRunning(2, 3);
      harness.finish(2);
      harness.awaitRunning(3, 4);
      harness.finish(3);
      harness.finish(4);

      assertThat(end.join().finished()).isEqualTo(5);
      assertThat(harness.catalog.records()).containsExactly("running", "finished");
    }
  }

  // Fails if more sectors are read at a time than the order may stay fixed for: what was read keeps
  // its place, so a sector that becomes urgent would wait behind them.
  @Test
  void aBatchByCostReadsFewAtATime() {
    try (BatchHarness harness = new BatchHarness(SECTORS)) {
      CompletableFuture<BatchProgress> end = harness.startByCost(12);
      harness.await("twelve are on their way", progress -> progress.next() == 12);

      assertThat(harness.catalog.pages()).containsExactly(10, 2);
      assertThat(end).isNotDone();
    }
  }

  // Fails if a sector is read before there is room for it.
  @Test
  void aBatchByCostReadsTheNextOneWhenItsPlaceIsFree() {
    try (BatchHarness harness = new BatchHarness(3)) {
      CompletableFuture<BatchProgress> end = harness.startByCost(2);
      harness.awaitRunning(0, 1);
      assertThat(harness.catalog.pages()).containsExactly(2);
      harness.finish(0);
      harness.awaitRunning(1, 2);
      assertThat(harness.catalog.pages()).containsExactly(2, 1);
      harness.finish(1);
      harness.finish(2);
      end.join();
    }
  }

  // Fails if the priority that the catalog gives a sector is lost on the way to its rebuild.
  @Test
  void eachRebuildHasThePriorityOfItsSector() {
    try (BatchHarness harness = new BatchHarness(2)) {
      harness.catalog.prioritize(FakeBatches.sector(1), 2);
      CompletableFuture<BatchProgress> end = harness.start(2);
      harness.awaitRunning(0, 1);

      assertThat(harness.request(0).priority()).isNull();
      assertThat(harness.request(1).priority()).isEqualTo(2);
      harness.finish(0);
      harness.finish(1);
      end.join();
    }
  }

  /** Seen to catch: a batch that waits for the parked one, and one that ends without it. */
  @Test
  void aParkedSectorFreesItsPlaceAndKeepsTheBatchOpen() {
    try (BatchHarness harness = new BatchHarness(2)) {
      CompletableFuture<BatchProgress> end = harness.start(1);
      harness.awaitRunning(0);
      harness.tell(0, RebuildState.ALLOCATED, "Sector.PieceMissing: look.");
      harness.awaitRunning(1);
      harness.finish(1);
      BatchProgress open = harness.await("one finished", progress -> progress.finished() == 1);
      assertThat(open.parked()).containsExactly(FakeBatches.sector(0));
      assertThat(end).isNotDone();

      assertThat(harness.batch().retryParked(ANNE))
          .isEqualTo("1 of 1 parked rebuilds of batch disk-7 continue.");
      assertThat(harness.catalog.resumed()).containsExactly(FakeBatches.sector(0));
      harness.tell(0, RebuildState.ALLOCATED, null);
      assertThat(harness.batch().status().running()).containsExactly(FakeBatches.sector(0));
      harness.finish(0);
      assertThat(end.join().finished()).isEqualTo(2);
    }
  }

  // Fails if a batch goes on to start rebuilds that park, until one run cannot hand all of them
  // over
  // to the next one; or if it does not go on once they are resumed.
  @Test
  void nothingStartsWhileVeryManyAreParked() {
    int most = BatchHarness.MOST_PARKED;
    try (BatchHarness harness = new BatchHarness(most + 1)) {
      CompletableFuture<BatchProgress> end = harness.start(1);
      for (int number = 0; number < most; number++) {
        harness.awaitRunning(number);
        harness.awaitBegun(number);
        harness.tell(number, RebuildState.ALLOCATED, "Sector.PieceMissing: no store has it.");
      }
      harness.awaitRecord(
          "running, 3 of its rebuilds wait for a person; 1 more start when that is mended"
              + " (reseal batch retry-parked disk-7)");
      assertThat(harness.batch().status().next()).isEqualTo(most);
      assertThat(harness.batch().status().running()).isEmpty();

      harness.finish(1);
      harness.awaitRunning(most);
      for (int number : List.of(0, 2, most)) {
        harness.finish(number);
      }
      assertThat(end.join().finished()).isEqualTo(most + 1);
    }
  }

  @Test
  void droppedSectorsCountAndHoldUpNothing() {
    try (BatchHarness harness = new BatchHarness(2)) {
      CompletableFuture<BatchProgress> end = harness.start(1);
      harness.awaitRunning(0);
      harness.awaitBegun(0);
      harness.rebuild(0).abort(ANNE);
      harness.awaitRunning(1);
      harness.finish(1);
      assertThat(end.join().aborted()).isEqualTo(1);
    }
  }

  /** A terminated rebuild tells nothing itself. Seen to catch: news of it that are passed over. */
  @Test
  void goesOnWhenItIsToldThatARebuildWasTerminated() {
    try (BatchHarness harness = new BatchHarness(2)) {
      CompletableFuture<BatchProgress> end = harness.start(1);
      harness.awaitRunning(0);
      harness.terminate(0);
      harness.tell(0, RebuildState.ABORTED, null);
      harness.awaitRunning(1);
      harness.tell(0, RebuildState.ABORTED, null);
      harness.finish(1);
      BatchProgress progress = end.join();
      assertThat(progress.aborted()).isEqualTo(1);
      assertThat(progress.finished()).isEqualTo(1);
    }
  }

  /** Seen to catch: a child that cannot be started failing the batch. */
  @Test
  void aSectorThatIsBeingRebuiltAlreadyIsJoined() {
    try (BatchHarness harness = new BatchHarness(2)) {
      harness.startElsewhere(FakeBatches.sector(0));
      CompletableFuture<BatchProgress> end = harness.start(1);
      harness.awaitRunning(0);
      harness.tell(0, RebuildState.FINISHED, null);
      harness.awaitRunning(1);
      harness.finish(1);
      assertThat(end.join().finished()).isEqualTo(2);
    }
  }

  /** Its end was told before the batch counted it. Seen to catch: a join without asking. */
  @Test
  void aJoinedSectorThatEndedMeanwhileIsAskedAbout() {
    try (BatchHarness harness = new BatchHarness(1)) {
      harness.startElsewhere(FakeBatches.sector(0));
      harness.catalog.answer(
          new BatchNews(FakeBatches.sector(0), RebuildState.FINISHED, false, null));
      assertThat(harness.start(1).join().finished()).isEqualTo(1);
    }
  }

  /**
   * The earlier rebuild was recorded as finished before the batch began, and closes without another
   * report. Catches: a batch that asks once and then waits for ever.
   */
  @Test
  void aJoinedRebuildThatReportsNothingMoreIsAskedAboutAgain() {
    try (BatchHarness harness = BatchHarness.skippingTime(2)) {
      harness.startElsewhere(FakeBatches.sector(0));
      CompletableFuture<BatchProgress> end = harness.start(1);
      harness.awaitAsked(0);
      harness.finish(0);
      harness.awaitClosed(0);
      harness.catalog.answerStartAgain(FakeBatches.sector(0));
      harness.pass(QUESTION);
      harness.awaitOpen(0);
      harness.finish(0);
      harness.finish(1);
      assertThat(end.join().finished()).isEqualTo(2);
    }
  }

  /** Catches: a report that got lost, for which the batch waits for ever. */
  @Test
  void aRebuildWhoseReportIsLostIsAskedAbout() {
    try (BatchHarness harness = BatchHarness.skippingTime(2)) {
      CompletableFuture<BatchProgress> end = harness.start(1);
      harness.awaitRunning(0);
      harness.awaitBegun(0);
      harness.tell(0, RebuildState.ALLOCATED, "Sector.PieceMissing: look.");
      harness.awaitRunning(1);
      harness.terminate(1);
      harness.catalog.answer(
          new BatchNews(FakeBatches.sector(0), RebuildState.FINISHED, false, null));
      harness.catalog.answer(
          new BatchNews(FakeBatches.sector(1), RebuildState.ABORTED, false, null));
      harness.pass(QUESTION);
      assertThat(end.join().finished()).isEqualTo(1);
      assertThat(end.join().aborted()).isEqualTo(1);
    }
  }

  /** Catches: sectors that are missing in the catalog taken for finished ones. */
  @Test
  void aBatchWhoseRowsAreMissingWaitsForThem() {
    try (BatchHarness harness = BatchHarness.skippingTime(2)) {
      harness.catalog.lose(true);
      CompletableFuture<BatchProgress> end = harness.start(1);
      harness.awaitRecord("running, 2 of its sectors are missing in the catalog");
      assertThat(harness.batch().status().next()).isZero();
      assertThat(end).isNotDone();
      harness.catalog.lose(false);
      harness.pass(QUESTION);
      harness.finish(0);
      harness.finish(1);
      assertThat(end.join().finished()).isEqualTo(2);
      assertThat(harness.catalog.records())
          .contains("running, its sectors are in the catalog again")
          .endsWith("finished");
    }
  }

  // Fails if a sector that is held back starts, keeps a batch from starting what it may, or does
  // not start once it may; or if the batch ends while it waits for a sector's inputs.
  @Test
  void sectorsThatAreHeldBackStartOnceTheyMay() {
    try (BatchHarness harness = BatchHarness.skippingTime(4)) {
      harness.catalog.hold(FakeBatches.sector(2), HeldBack.LACKS_INPUTS);
      harness.catalog.hold(FakeBatches.sector(3), HeldBack.TOO_LATE);
      CompletableFuture<BatchProgress> end = harness.start(4);
      harness.awaitRecord("running, 2 of its sectors are not started: they lack a record");
      harness.awaitRunning(0, 1);
      harness.finish(0);
      harness.finish(1);
      harness.await("two are finished", progress -> progress.finished() == 2);
      harness.pass(QUESTION);
      assertThat(end).isNotDone();
      assertThat(harness.batch().status().next()).isEqualTo(2);

      harness.catalog.hold(FakeBatches.sector(2), null);
      harness.pass(QUESTION);
      harness.awaitRunning(2);
      harness.finish(2);

      assertThat(end.join().finished()).isEqualTo(3);
      assertThat(harness.catalog.records())
          .endsWith(
              "finished, 1 of its sectors were not started: they cannot be proven before they end");
    }
  }

  // Fails if a batch of which only what is too late is left ends before what is running has ended,
  // or does not start what is not too late after all.
  @Test
  void whatIsTooLateIsStartedIfThereIsTimeAfterAll() {
    try (BatchHarness harness = BatchHarness.skippingTime(2)) {
      harness.catalog.hold(FakeBatches.sector(1), HeldBack.TOO_LATE);
      CompletableFuture<BatchProgress> end = harness.start(2);
      harness.awaitRecord("running, 1 of its sectors are not started");
      harness.awaitRunning(0);
      harness.awaitBegun(0);
      harness.catalog.hold(FakeBatches.sector(1), null);
      harness.pass(QUESTION);
      harness.awaitRunning(0, 1);
      harness.finish(0);
      harness.finish(1);
      assertThat(end.join().finished()).isEqualTo(2);
      assertThat(harness.catalog.records()).endsWith("running", "finished");
    }
  }

  @Test
  void whatIsFinishedAlreadyIsNotRebuiltAgain() {
    try (BatchHarness harness = new BatchHarness(3)) {
      harness.catalog.alreadyFinished(FakeBatches.sector(0));
      harness.catalog.alreadyFinished(FakeBatches.sector(2));
      CompletableFuture<BatchProgress> end = harness.start(5);
      harness.awaitRunning(1);
      harness.finish(1);
      assertThat(end.join().finished()).isEqualTo(3);
    }
  }

  @Test
  void aPausedBatchStartsNothingUntilItIsResumed() {
    try (BatchHarness harness = new BatchHarness(2)) {
      CompletableFuture<BatchProgress> end = harness.start(1);
      harness.awaitRunning(0);
      assertThat(harness.batch().pause(ANNE))
          .isEqualTo("Batch disk-7 starts no more rebuilds; 1 running rebuilds continue.");
      harness.finish(0);
      BatchProgress paused = harness.await("one finished", progress -> progress.finished() == 1);
      assertThat(paused.running()).isEmpty();
      assertThat(paused.paused()).isTrue();
      assertThatThrownBy(() -> harness.batch().pause(ANNE))
          .isInstanceOf(WorkflowUpdateException.class)
          .rootCause()
          .hasMessageContaining("is paused already");

      assertThat(harness.batch().resume(ANNE)).contains("1 sectors are queued");
      harness.awaitRunning(1);
      harness.finish(1);
      assertThat(end.join().finished()).isEqualTo(2);
      assertThat(harness.catalog.records())
          .containsExactly(
              "running", "paused, paused by anne", "running, resumed by anne", "finished");
    }
  }

  @Test
  void commandsWithoutSenseAreRefused() {
    try (BatchHarness harness = new BatchHarness(1)) {
      CompletableFuture<BatchProgress> end = harness.start(1);
      harness.awaitRunning(0);
      assertThatThrownBy(() -> harness.batch().resume(ANNE))
          .rootCause()
          .hasMessageContaining("is not paused: there is nothing to resume");
      assertThatThrownBy(() -> harness.batch().retryParked(ANNE))
          .rootCause()
          .hasMessageContaining("No rebuild of batch disk-7 is parked.");
      harness.finish(0);
      assertThat(end.join().finished()).isEqualTo(1);
    }
  }

  @Test
  void cancelEndsTheBatchAtOnceAndItsRebuildsGoOn() {
    try (BatchHarness harness = new BatchHarness(3)) {
      CompletableFuture<BatchProgress> end = harness.start(1);
      harness.awaitRunning(0);
      harness.awaitBegun(0);
      assertThat(harness.batch().cancel(ANNE)).contains("2 sectors were not started");
      assertThat(end.join().next()).isEqualTo(1);
      assertThat(harness.catalog.records()).endsWith("canceled, canceled by anne");
      harness.finish(0);
      assertThat(WorkflowStub.fromTyped(harness.rebuild(0)).getResult(RebuildStatus.class))
          .as("it ends by itself, with nothing to say")
          .isNull();
    }
  }

  /** Seen to catch: ends that are told to the next run and counted by none. */
  @Test
  void continuesAsNewWithoutLosingOrDoublingASector() {
    try (BatchHarness harness = new BatchHarness(SECTORS, 4)) {
      var unused = harness.start(3);
      for (long number = 0; number < SECTORS; number++) {
        long next = number;
        harness.await(
            "sector " + next + " is begun",
            progress -> progress.running().contains(FakeBatches.sector(next)));
        assertThat(harness.batch().status().running()).hasSizeLessThanOrEqualTo(3);
        harness.finish(next);
      }
      BatchProgress progress = harness.awaitEnd();
      assertThat(progress.finished()).isEqualTo(SECTORS);
      assertThat(progress.running()).isEmpty();
      assertThat(harness.catalog.records()).containsExactly("running", "finished");
      assertThat(
              harness.client().fetchHistory(Names.batchWorkflowId(BatchHarness.NAME)).getEvents())
          .as("of the last run alone")
          .filteredOn(
              event ->
                  event.getEventType()
                      == EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED)
          .hasSizeLessThanOrEqualTo(4);
    }
  }
}
