package io.reseal.rebuild;

import static io.reseal.rebuild.RebuildHarness.ANNE_RESUMES;
import static io.reseal.rebuild.RebuildHarness.SECTOR;
import static io.reseal.rebuild.RebuildHarness.change;
import static io.reseal.rebuild.RebuildHarness.failure;
import static io.reseal.rebuild.RebuildHarness.failures;
import static io.reseal.rebuild.RebuildHarness.impatient;
import static io.reseal.rebuild.RebuildHarness.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.contract.FailureType;
import io.reseal.contract.HoldRequest;
import io.reseal.contract.MoveCommand;
import io.reseal.contract.OperatorCommand;
import io.reseal.contract.PauseCommand;
import io.reseal.contract.RebuildStatus;
import io.reseal.contract.ReleaseRequest;
import io.reseal.contract.RequestBuilder;
import io.reseal.contract.ResumeCommand;
import io.reseal.plan.Step;
import io.reseal.sector.RebuildState;
import io.temporal.api.enums.v1.EventType;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Hosts that fail, threads that are paused, steps that fail again and again but come further. */
class HostTroubleTest {

  private static ApplicationFailure progressed() {
    return ApplicationFailure.newNonRetryableFailure(
        "Killed after layer 3.", FailureType.HOST_STAGE_DIED.code(), true);
  }

  @ParameterizedTest
  @EnumSource(names = {"HOST_GPU", "HOST_DISK", "HOST_MEMORY"})
  void leavesAFailingHostAndBeginsAgainOnAnotherThread(FailureType type) throws Exception {
    FakeHost host = new FakeHost("host-a").failing(Step.PC2, failure(type));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      RebuildStatus end = harness.run();

      assertThat(end.run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(change(end, "host fault").note()).startsWith(type + ": It is so.");
      assertThat(change(end, "host fault").state()).isEqualTo(RebuildState.EMPTY);
      assertThat(end.changes()).noneMatch(change -> change.step().equals("parked"));
      assertThat(host.ran()).filteredOn(step -> step == Step.PC1).hasSize(2);
      assertThat(host.releases()).first().isEqualTo(new ReleaseRequest(SECTOR, host.grant(), true));
      assertThat(harness.holds.requests())
          .hasSize(2)
          .allMatch(request -> request.preferred() == null);
    }
  }

  /** Seen to catch: a rebuild that went from thread to thread for ever. */
  @Test
  void parksWhenOneThreadAfterAnotherFails() throws Exception {
    FakeHost host = new FakeHost("host-a").failing(Step.PC2, failures(FailureType.HOST_GPU, 4));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      assertThat(harness.catalog.await("parked").note()).startsWith("Host.Gpu");
      assertThat(host.ran()).filteredOn(step -> step == Step.PC1).hasSize(4);

      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(change(end.join(), "resumed").note()).isEqualTo("automatically");
    }
  }

  /** Seen to catch: faults far apart that were counted together. */
  @Test
  void countsAnewAfterAStepThatCameFurther() throws Exception {
    FakeHost host =
        new FakeHost("host-a")
            .failing(Step.PC1, failures(FailureType.HOST_MEMORY, 3))
            .failing(Step.PC2, failures(FailureType.HOST_GPU, 3));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      assertThat(harness.run().changes()).noneMatch(change -> change.step().equals("parked"));
    }
  }

  /** A fault after the files are in a store: they are not sealed again for it. */
  @Test
  void keepsWhatIsStoredWhenTheHostFailsAfterwards() throws Exception {
    FakeHost host =
        new FakeHost("host-a").failing(Step.CHECK_STORED, failure(FailureType.HOST_MEMORY));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      assertThat(harness.run().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(host.ran()).filteredOn(step -> step == Step.PC1).hasSize(1);
    }
  }

  /** Seen to catch: a thread that another host gave meanwhile and nobody ever gave back. */
  @Test
  void givesBothThreadsBackWhenItsHostIsLostAsItIsPaused() throws Exception {
    FakeHost first = new FakeHost("host-a").holdingAt(Step.PC1);
    FakeHost second = new FakeHost("host-b").holdingAt(Step.PC1);
    try (RebuildHarness harness = new RebuildHarness(first, second)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      first.awaitEntered(Step.PC1);
      first.slowToStop();
      CompletableFuture<String> pause =
          CompletableFuture.supplyAsync(
              () -> harness.workflow().pause(new PauseCommand("anne", true)));
      first.awaitStopping();
      first.fallSilent();
      second.awaitHeld();
      first.stop();

      assertThat(pause.join()).contains("is paused");
      assertThat(first.releases())
          .containsExactly(new ReleaseRequest(SECTOR, first.grant(), false));
      assertThat(second.heldNow()).as("the hold on the second host has ended").isZero();
      harness.workflow().abort(new OperatorCommand("anne"));
      end.join();
    }
  }

  // Catches: a rebuild that parks because its only attempt was lost in an outage of Temporal.
  @Test
  void aSilentHostCostsAStepNoAttempt() throws Exception {
    FakeHost host = new FakeHost("host-a").withMaxRetries(0).silentOnceAt(Step.PC2);
    try (RebuildHarness harness = new RebuildHarness(host)) {
      RebuildStatus end = harness.run();

      assertThat(end.run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(change(end, "went on").note()).contains("did not answer in time");
      assertThat(end.changes()).noneMatch(change -> change.step().equals("parked"));
      assertThat(host.ran()).filteredOn(step -> step == Step.PC2).hasSize(2);
    }
  }

  // Catches: a rebuild that moved back to a host because that host's grant arrived late.
  @Test
  void ignoresAGrantThatArrivesAfterALaterOne() throws Exception {
    FakeHost first = new FakeHost("host-a").holdingAt(Step.PC1);
    FakeHost second = new FakeHost("host-b").holdingAt(Step.PC1);
    try (RebuildHarness harness = new RebuildHarness(first, second)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      first.awaitEntered(Step.PC1);
      first.fallSilent();
      second.awaitEntered(Step.PC1);
      long late = harness.holds.requests().get(0).numberOf(1);
      harness.workflow().threadHeld(first.grant().numbered(late));
      second.open(Step.PC1);

      assertThat(end.join().run().host()).isEqualTo("host-b");
      assertThat(change(end.join(), "thread held").step()).isNotNull();
      assertThat(end.join().changes())
          .filteredOn(change -> change.step().equals("thread held"))
          .hasSize(2);
      assertThat(first.ran()).filteredOn(step -> step == Step.PC1).hasSize(1);
      assertThat(second.heldNow()).isZero();
    }
  }

  // Catches: a thread that another host granted during the last release and that stayed held for
  // ever, because the release was repeated on the first host only.
  @Test
  void endsTheHoldOfAHostThatTakesOverDuringTheLastRelease() throws Exception {
    FakeHost first = new FakeHost("host-a").holdingAt(Step.PERSIST);
    FakeHost second = new FakeHost("host-b");
    first.duringRelease(
        () -> {
          first.fallSilent();
          second.awaitHeld();
        });
    try (RebuildHarness harness = new RebuildHarness(first, second)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      first.awaitEntered(Step.PERSIST);
      first.open(Step.PERSIST);

      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(first.heldNow() + second.heldNow()).isZero();
    }
  }

  // Catches: a rebuild that ended while its hold could still take a thread.
  @Test
  void awaitsTheEndOfItsHoldWhenItIsDroppedInTheQueue() throws Exception {
    FakeHost host = new FakeHost("host-a");
    try (RebuildHarness harness = new RebuildHarness(host)) {
      harness.holds.allBusy();
      CompletableFuture<RebuildStatus> end = harness.start();
      harness.holds.awaitAsked();
      harness.workflow().abort(new OperatorCommand("anne"));
      end.join();

      assertThat(harness.eventsOf(EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED)).isEqualTo(1);
    }
  }

  @Test
  void waitsOnItsThreadUntilThatIsResumed() throws Exception {
    FakeHost host =
        new FakeHost("host-a").failing(Step.PC1, failure(FailureType.HOST_THREAD_PAUSED));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      harness.catalog.await("thread paused");
      assertThat(harness.catalog.run().paused()).isEqualTo("It is so.");
      assertThat(harness.catalog.run().attention()).isNull();
      assertThat(host.releases()).isEmpty();
      assertThat(refusal(() -> harness.workflow().resume(ANNE_RESUMES)))
          .isEqualTo(
              "The rebuild of f01001/123 is waiting for its sealing thread, which is paused: resume"
                  + " the thread (reseal worker resume).");
      assertThat(refusal(() -> harness.workflow().move(new MoveCommand("anne", "host-b"))))
          .contains("pause it first");

      harness.workflow().threadResumed(host.grant());
      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(end.join().run().paused()).isNull();
      assertThat(host.ran()).filteredOn(step -> step == Step.PC1).hasSize(2);
      assertThat(harness.holds.requests()).hasSize(1);
    }
  }

  @Test
  void triesItsThreadAgainWhenTheHostComesBack() throws Exception {
    FakeHost host =
        new FakeHost("host-a").failing(Step.PC1, failure(FailureType.HOST_THREAD_PAUSED));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      harness.catalog.await("thread paused");
      harness.workflow().threadHeld(host.grant());
      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
    }
  }

  /** Seen to catch: a line for each look at a thread that stays paused for days. */
  @Test
  void triesItsThreadAgainByItselfAndTellsItOnce() throws Exception {
    FakeHost host =
        new FakeHost("host-a").failing(Step.PC1, failures(FailureType.HOST_THREAD_PAUSED, 3));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      RebuildStatus end =
          harness.start(RequestBuilder.of(SECTOR, impatient()).requestedBy("anne").build()).join();
      assertThat(end.run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(end.changes())
          .filteredOn(change -> change.step().equals("thread paused"))
          .hasSize(1);
    }
  }

  @Test
  void setsBackWhatWaitsForItsThread() throws Exception {
    FakeHost host =
        new FakeHost("host-a")
            .failing(Step.PC2, failure(FailureType.HOST_THREAD_PAUSED))
            .withUsable(RebuildState.TREE_D_BUILT);
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      harness.catalog.await("thread paused");
      assertThat(harness.workflow().resume(new ResumeCommand("anne", RebuildState.TREE_D_BUILT)))
          .isEqualTo(
              "The rebuild of f01001/123 continues from TreeDBuilt when its thread is resumed.");
      assertThat(harness.workflow().status().run().paused()).isEqualTo("It is so.");
      harness.workflow().threadResumed(host.grant());

      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(host.ran()).filteredOn(step -> step == Step.PC1).hasSize(2);
      assertThat(host.ran()).filteredOn(step -> step == Step.TREE_D).hasSize(1);
    }
  }

  @Test
  void givesAPausedThreadBackWhenItIsPausedItself() throws Exception {
    FakeHost host =
        new FakeHost("host-a").failing(Step.PC1, failure(FailureType.HOST_THREAD_PAUSED));
    FakeHost other = new FakeHost("host-b");
    try (RebuildHarness harness = new RebuildHarness(host, other)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      harness.catalog.await("thread paused");
      assertThat(harness.workflow().pause(new PauseCommand("anne", false))).contains("is paused");
      assertThat(host.releases()).containsExactly(new ReleaseRequest(SECTOR, host.grant(), false));
      harness.workflow().move(new MoveCommand("anne", "host-b"));
      assertThat(end.join().run().host()).isEqualTo("host-b");
    }
  }

  @Test
  void abortOfARebuildThatWaitsForItsThreadRemovesItsScratch() throws Exception {
    FakeHost host =
        new FakeHost("host-a").failing(Step.PC1, failure(FailureType.HOST_THREAD_PAUSED));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      harness.catalog.await("thread paused");
      harness.workflow().abort(new OperatorCommand("anne"));
      assertThat(end.join().run().state()).isEqualTo(RebuildState.ABORTED);
      assertThat(host.releases()).containsExactly(new ReleaseRequest(SECTOR, host.grant(), true));
    }
  }

  /** Seen to catch: a budget that counts attempts which each finished a layer. */
  @Test
  void beginsAStepAnewThatHasUsedUpItsAttemptsButComeFurther() throws Exception {
    FakeHost host =
        new FakeHost("host-a")
            .failing(Step.PC1, failures(FailureType.HOST_STAGE_DIED, 2))
            .failing(Step.PC1, progressed())
            .failing(Step.PC1, failures(FailureType.HOST_STAGE_DIED, 2));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      RebuildStatus end = harness.run();

      assertThat(end.run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(change(end, "went on").note()).startsWith("Host.StageDied: Killed after layer 3.");
      assertThat(change(end, "PC1").attempts()).isEqualTo(3);
      assertThat(harness.holds.requests()).as("the thread stays held").hasSize(1);
      assertThat(end.changes())
          .filteredOn(change -> change.step().equals("thread held"))
          .hasSize(1);
    }
  }

  @Test
  void parksWhenATemporaryFailureIsNotToBeRetriedAndNothingCameFurther() throws Exception {
    FakeHost host =
        new FakeHost("host-a")
            .failing(
                Step.PC1,
                ApplicationFailure.newNonRetryableFailure(
                    "Killed.", FailureType.HOST_STAGE_DIED.code()));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      assertThat(harness.catalog.await("parked").note()).startsWith("Host.StageDied: Killed.");
      harness.workflow().resume(ANNE_RESUMES);
      end.join();
    }
  }

  /** Seen to catch: a thread's max_retries that nobody looked at. */
  @Test
  void retriesAsOftenAsTheThreadSays() throws Exception {
    FakeHost host =
        new FakeHost("host-a")
            .withMaxRetries(4)
            .failing(Step.PC1, failures(FailureType.HOST_IO, 5));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      harness.catalog.await("parked");
      assertThat(host.ran()).filteredOn(step -> step == Step.PC1).hasSize(5);
      harness.workflow().resume(ANNE_RESUMES);
      end.join();
    }
  }

  // Catches: a rebuild that waits for its own host to take the next attempt from the queue that all
  // hosts share, and loses hours of work in a fleet where another one takes it each time.
  @Test
  void asksItsHostOnceAnotherOneHasLeftItToThat() throws Exception {
    FakeHost first = new FakeHost("host-a").holdingAt(Step.PC1);
    FakeHost second = new FakeHost("host-b");
    try (RebuildHarness harness = new RebuildHarness(first, second)) {
      CompletableFuture<RebuildStatus> end = leftToItsSilentHost(harness, first);
      harness.holds.awaitLeft();
      first.comeBack();
      first.open(Step.PC1);

      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(end.join().run().host()).isEqualTo("host-a");
      assertThat(first.ran()).filteredOn(step -> step == Step.PC1).hasSize(1);
      assertThat(second.ran()).isEmpty();
      List<HoldRequest> asked = harness.holds.requests();
      assertThat(asked.get(1).isDirected()).isTrue();
      assertThat(asked.get(2).isDirected()).isFalse();
      assertThat(asked.get(2).preferred()).isEqualTo(first.grant());
      assertThat(asked.get(2).number()).isGreaterThan(asked.get(1).number());
    }
  }

  // Catches: a rebuild that waits for ever for a host that does not come back.
  @Test
  void goesToAnotherHostIfItsOwnDoesNotAnswer() throws Exception {
    FakeHost first = new FakeHost("host-a").withoutItsOwnHolds().holdingAt(Step.PC1);
    FakeHost second = new FakeHost("host-b");
    try (RebuildHarness harness = new RebuildHarness(first, second)) {
      CompletableFuture<RebuildStatus> end = leftToItsSilentHost(harness, first);

      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(end.join().run().host()).isEqualTo("host-b");
      assertThat(harness.holds.requests()).last().matches(HoldRequest::isDirected);
    }
  }

  // Catches: an abort that is followed by one more question for a thread, whose grant nobody wants.
  @Test
  void asksNobodyOnceItIsDroppedMeanwhile() throws Exception {
    FakeHost first = new FakeHost("host-a").withoutItsOwnHolds().holdingAt(Step.PC1);
    FakeHost second = new FakeHost("host-b");
    try (RebuildHarness harness = new RebuildHarness(first, second)) {
      CompletableFuture<RebuildStatus> end = leftToItsSilentHost(harness, first);
      harness.holds.awaitLeft();
      assertThat(harness.workflow().abort(RebuildHarness.ANNE)).contains("is dropped");
      first.comeBack();

      assertThat(end.join().run().state()).isEqualTo(RebuildState.ABORTED);
      assertThat(second.ran()).isEmpty();
    }
  }

  /** A rebuild whose host fell silent in PC1, and which another host left to that one. */
  private static CompletableFuture<RebuildStatus> leftToItsSilentHost(
      RebuildHarness harness, FakeHost its) throws Exception {
    CompletableFuture<RebuildStatus> end = harness.start();
    its.awaitEntered(Step.PC1);
    harness.holds.leaveNextTo(its);
    its.fallSilent();
    return end;
  }
}
