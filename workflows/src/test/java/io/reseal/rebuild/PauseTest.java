package io.reseal.rebuild;

import static io.reseal.rebuild.RebuildHarness.ANNE;
import static io.reseal.rebuild.RebuildHarness.ANNE_RESUMES;
import static io.reseal.rebuild.RebuildHarness.SECTOR;
import static io.reseal.rebuild.RebuildHarness.failure;
import static io.reseal.rebuild.RebuildHarness.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.contract.ChangeKind;
import io.reseal.contract.FailureType;
import io.reseal.contract.PauseCommand;
import io.reseal.contract.RebuildStatus;
import io.reseal.contract.ReleaseRequest;
import io.reseal.contract.StateChange;
import io.reseal.plan.Step;
import io.reseal.sector.RebuildState;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** An operator lets a rebuild stand still, and go on. */
class PauseTest {

  private static final PauseCommand AFTER_THE_STEP = new PauseCommand("anne", false);
  private static final PauseCommand NOW = new PauseCommand("anne", true);

  /** Seen to catch: a pause that was only looked at once the whole plan was walked. */
  @Test
  void standsStillAfterTheRunningStepAndGoesOnWithTheNext() throws Exception {
    FakeHost host = new FakeHost("host-a").holdingAt(Step.PC1);
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      host.awaitEntered(Step.PC1);
      assertThat(harness.workflow().pause(AFTER_THE_STEP))
          .isEqualTo("The rebuild of f01001/123 stops when PC1 has ended.");
      host.open(Step.PC1);

      StateChange paused = harness.catalog.await("paused");
      assertThat(paused.state()).isEqualTo(RebuildState.PC1_DONE);
      assertThat(paused.note()).isEqualTo("by anne");
      assertThat(harness.catalog.run().paused()).isEqualTo("paused by anne");
      assertThat(harness.catalog.run().attention()).isNull();
      assertThat(host.releases())
          .as("the thread is given back, its scratch stays")
          .containsExactly(new ReleaseRequest(SECTOR, host.grant(), false));

      assertThat(harness.workflow().resume(ANNE_RESUMES))
          .isEqualTo("The rebuild of f01001/123 continues from PC1Done.");
      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(end.join().run().paused()).isNull();
      assertThat(host.cancelledSteps()).isEmpty();
      assertThat(host.ran()).filteredOn(step -> step == Step.PC1).hasSize(1);
      assertThat(harness.holds.requests())
          .last()
          .matches(request -> request.preferred().sameThread(host.grant()));
    }
  }

  @Test
  void stopsTheRunningStepWhenItIsToStandStillNow() throws Exception {
    FakeHost host = new FakeHost("host-a").holdingAt(Step.PC1);
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      host.awaitEntered(Step.PC1);
      assertThat(harness.workflow().pause(NOW))
          .isEqualTo("The rebuild of f01001/123 is paused at TreeDBuilt.");
      assertThat(host.cancelledSteps()).containsExactly(Step.PC1);
      assertThat(harness.workflow().status().running()).isNull();

      host.open(Step.PC1);
      harness.workflow().resume(ANNE_RESUMES);
      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(host.ran()).filteredOn(step -> step == Step.PC1).hasSize(2);
      assertThat(host.ran()).filteredOn(step -> step == Step.TREE_D).hasSize(1);
    }
  }

  /** An operator who has lost patience: the step that was to be awaited is stopped after all. */
  @Test
  void hurriesAPauseThatWaitsForItsStep() throws Exception {
    FakeHost host = new FakeHost("host-a").holdingAt(Step.PC1);
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      host.awaitEntered(Step.PC1);
      harness.workflow().pause(AFTER_THE_STEP);
      assertThat(refusal(() -> harness.workflow().pause(AFTER_THE_STEP)))
          .isEqualTo("The rebuild of f01001/123 is already being paused, by anne.");
      harness.workflow().pause(NOW);

      assertThat(host.cancelledSteps()).containsExactly(Step.PC1);
      host.open(Step.PC1);
      harness.workflow().resume(ANNE_RESUMES);
      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
    }
  }

  /** Seen to catch: a resume that is refused because the rebuild has not stopped yet. */
  @Test
  void resumeTakesBackAPauseThatWaitsForItsStep() throws Exception {
    FakeHost host = new FakeHost("host-a").holdingAt(Step.PC1);
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      host.awaitEntered(Step.PC1);
      harness.workflow().pause(AFTER_THE_STEP);
      assertThat(harness.workflow().resume(ANNE_RESUMES))
          .isEqualTo("The rebuild of f01001/123 does not stop: it continues from TreeDBuilt.");
      host.open(Step.PC1);

      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(harness.catalog.changes())
          .extracting(StateChange::kind)
          .doesNotContain(ChangeKind.PAUSED);
      assertThat(host.ran()).filteredOn(step -> step == Step.PC1).hasSize(1);
    }
  }

  /** Seen to catch: a pause that waited for a thread first. */
  @Test
  void takesNoThreadWhilePausedInTheQueue() throws Exception {
    FakeHost host = new FakeHost("host-a");
    try (RebuildHarness harness = new RebuildHarness(host)) {
      harness.holds.allBusy();
      CompletableFuture<RebuildStatus> end = harness.start();
      harness.holds.awaitAsked();
      assertThat(harness.workflow().pause(AFTER_THE_STEP))
          .isEqualTo("The rebuild of f01001/123 is paused at Empty.");
      harness.holds.free();
      assertThat(harness.holds.requests()).isEmpty();
      assertThat(host.releases()).isEmpty();

      harness.workflow().resume(ANNE_RESUMES);
      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
    }
  }

  @Test
  void abortOfAPausedRebuildRemovesItsScratch() throws Exception {
    FakeHost host = new FakeHost("host-a").holdingAt(Step.PC1);
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      host.awaitEntered(Step.PC1);
      harness.workflow().pause(NOW);
      harness.workflow().abort(ANNE);

      assertThat(end.join().run().state()).isEqualTo(RebuildState.ABORTED);
      assertThat(end.join().run().paused()).isNull();
      assertThat(host.releases())
          .containsExactly(
              new ReleaseRequest(SECTOR, host.grant(), false),
              new ReleaseRequest(SECTOR, host.grant(), true));
    }
  }

  /** Seen to catch: a failure met on the way to the pause that went on by itself later. */
  @Test
  void staysPausedWhenTheAwaitedStepFails() throws Exception {
    FakeHost host = new FakeHost("host-a").holdingAt(Step.PC1);
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      host.awaitEntered(Step.PC1);
      harness.workflow().pause(AFTER_THE_STEP);
      host.failingAtGate(Step.PC1, failure(FailureType.HOST_NO_STORE)).open(Step.PC1);

      assertThat(harness.catalog.await("parked").note()).startsWith("Host.NoStore");
      harness.catalog.await("paused");
      assertThat(harness.catalog.changes()).noneMatch(change -> change.step().equals("resumed"));
      assertThat(harness.catalog.run().attention()).isNull();
      assertThat(harness.catalog.run().lastError()).startsWith("Host.NoStore");
      harness.workflow().resume(ANNE_RESUMES);
      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
    }
  }

  @Test
  void refusesWhatMakesNoSense() throws Exception {
    FakeHost host =
        new FakeHost("host-a").failing(Step.PERSIST, failure(FailureType.CONFIG_INVALID));
    host.holdingAt(Step.PC1);
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      host.awaitEntered(Step.PC1);
      assertThat(refusal(() -> harness.workflow().resume(ANNE_RESUMES)))
          .isEqualTo(
              "The rebuild of f01001/123 is neither parked nor paused, it is at TreeDBuilt, running"
                  + " PC1: there is nothing to resume.");
      harness.workflow().pause(NOW);
      assertThat(refusal(() -> harness.workflow().pause(AFTER_THE_STEP)))
          .isEqualTo("The rebuild of f01001/123 is already stopped, paused by anne.");
      host.open(Step.PC1);
      harness.workflow().resume(ANNE_RESUMES);

      harness.catalog.await("parked");
      assertThat(refusal(() -> harness.workflow().pause(AFTER_THE_STEP)))
          .startsWith("The rebuild of f01001/123 is already parked: Config.Invalid: It is so.");
      harness.workflow().abort(ANNE);
      end.join();
    }
  }
}
