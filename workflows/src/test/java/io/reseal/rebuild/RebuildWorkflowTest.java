package io.reseal.rebuild;

import static io.reseal.rebuild.RebuildHarness.ANNE;
import static io.reseal.rebuild.RebuildHarness.ANNE_RESUMES;
import static io.reseal.rebuild.RebuildHarness.SECTOR;
import static io.reseal.rebuild.RebuildHarness.change;
import static io.reseal.rebuild.RebuildHarness.failure;
import static io.reseal.rebuild.RebuildHarness.failures;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.contract.FailureType;
import io.reseal.contract.Names;
import io.reseal.contract.RebuildStatus;
import io.reseal.contract.ReleaseRequest;
import io.reseal.contract.StageRequest;
import io.reseal.contract.StateChange;
import io.reseal.contract.StoredCopy;
import io.reseal.plan.RebuildPlan;
import io.reseal.plan.Step;
import io.reseal.sector.RebuildState;
import io.temporal.api.enums.v1.EventType;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.failure.CanceledFailure;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The rebuild workflow with fake activities.
 *
 * <p>Covered: the happy path; each temporary and permanent failure; parks, resumes (by a person, by
 * itself, with other inputs, of a wrong seal); aborts at every step, parked and too late;
 * cancellation; lost scratch; a host that falls silent; a catalog that is away.
 */
class RebuildWorkflowTest {

  private static final List<Step> ON_HOST =
      List.of(
          Step.FETCH_PIECES,
          Step.ADD_PIECES,
          Step.TREE_D,
          Step.PC1,
          Step.PC2,
          Step.CHECK_SEALED,
          Step.PERSIST,
          Step.CHECK_STORED);

  @Test
  void walksThePlanAndRecordsEachStateInOrder() {
    FakeHost host = new FakeHost("host-a");
    try (RebuildHarness harness = new RebuildHarness(host)) {
      RebuildStatus end = harness.run();

      assertThat(end.run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(host.ran()).isEqualTo(ON_HOST);
      assertThat(harness.catalog.statesSeen())
          .containsExactly(
              "Empty",
              "Allocated",
              "PieceAdded",
              "TreeDBuilt",
              "PC1Done",
              "PC2Done",
              "SealedChecked",
              "SnapDone",
              "Persisted",
              "Finished");
      assertThat(harness.catalog.changes()).isEqualTo(end.changes());
      assertThat(harness.catalog.run()).isEqualTo(end.run());
      assertThat(end.run().endedAt()).isNotNull();
      assertThat(end.run().requestedBy()).isEqualTo("operator");
    }
  }

  /** Catches a hold that is not given back: the next rebuild would wait for ever. */
  @Test
  void givesTheThreadBackAndRemovesScratchAtTheEndOnly() {
    FakeHost host = new FakeHost("host-a");
    try (RebuildHarness harness = new RebuildHarness(host)) {
      harness.run();

      assertThat(host.releases()).containsExactly(new ReleaseRequest(SECTOR, host.grant(), true));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"HOST_SCRATCH_FULL", "HOST_IO", "HOST_BUSY", "HOST_STAGE_DIED", "HOST_CORE"})
  void retriesATemporaryFailureInPlace(FailureType type) {
    FakeHost host = new FakeHost("host-a").failing(Step.PC1, failures(type, 2));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      RebuildStatus end = harness.run();

      assertThat(host.ran()).filteredOn(step -> step == Step.PC1).hasSize(3);
      assertThat(host.ran()).filteredOn(step -> step == Step.TREE_D).hasSize(1);
      assertThat(change(end, "PC1").attempts()).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "SECTOR_PIECE_MISSING",
        "SECTOR_PIECE_MISMATCH",
        "SECTOR_COMM_D_MISMATCH",
        "SECTOR_NOT_PROVABLE",
        "CONFIG_INVALID",
        "HOST_NO_STORE"
      })
  void parksOnAPermanentFailureAndGoesOnFromTheSameStep(FailureType type) throws Exception {
    FakeHost host = new FakeHost("host-a").failing(Step.PERSIST, failure(type));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      StateChange parked = harness.catalog.await("parked");

      assertThat(parked.note()).isEqualTo(type + ": It is so. " + type.whatToDo());
      assertThat(parked.state()).isEqualTo(RebuildState.SNAP_DONE);
      assertThat(harness.workflow().status().run().attention()).isEqualTo(parked.note());
      assertThat(host.releases())
          .as("the thread is given back, its scratch stays")
          .containsExactly(new ReleaseRequest(SECTOR, host.grant(), false));

      assertThat(harness.workflow().resume(ANNE_RESUMES)).contains("continues");
      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(end.join().run().attention()).isNull();
      assertThat(host.ran())
          .filteredOn(step -> step == Step.PC1)
          .as("finished work is kept")
          .hasSize(1);
      assertThat(change(end.join(), "resumed").note()).isEqualTo("by anne");
    }
  }

  /** Catches a wrong sector stored after a second look: what was sealed wrong is sealed anew. */
  @ParameterizedTest
  @EnumSource(names = {"SECTOR_COMM_R_MISMATCH", "SECTOR_SEAL_INVALID"})
  void sealsFromTheStartAfterAWrongSealIsResumed(FailureType type) throws Exception {
    FakeHost host = new FakeHost("host-a").failing(Step.CHECK_SEALED, failure(type));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      harness.catalog.await("parked");
      assertThat(host.ran()).doesNotContain(Step.PERSIST);

      harness.workflow().resume(ANNE_RESUMES);
      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(host.ran()).filteredOn(step -> step == Step.PC1).hasSize(2);
    }
  }

  @Test
  void triesAgainByItselfWhenTheReasonMayPass() {
    FakeHost host =
        new FakeHost("host-a")
            .failing(Step.FETCH_PIECES, failure(FailureType.SECTOR_PIECE_MISSING));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      RebuildStatus end = harness.run();

      assertThat(end.run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(change(end, "resumed").note()).isEqualTo("automatically");
    }
  }

  @Test
  void parksWhenATemporaryFailureDoesNotPass() throws Exception {
    FakeHost host = new FakeHost("host-a").failing(Step.PC2, failures(FailureType.HOST_IO, 3));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      assertThat(harness.catalog.await("parked").note()).startsWith("Host.Io");
      harness.workflow().resume(ANNE_RESUMES);
      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(host.ran()).filteredOn(step -> step == Step.PC2).hasSize(4);
    }
  }

  @Test
  void parksOnUnusableInputsAndReadsThemAgainWhenResumed() throws Exception {
    FakeHost host = new FakeHost("host-a");
    try (RebuildHarness harness = new RebuildHarness(host)) {
      harness.catalog.failInspection(failure(FailureType.SECTOR_INPUTS_INVALID));
      CompletableFuture<RebuildStatus> end = harness.start();
      assertThat(harness.catalog.await("parked").state()).isEqualTo(RebuildState.EMPTY);
      assertThat(host.ran()).isEmpty();

      harness.workflow().resume(ANNE_RESUMES);
      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
    }
  }

  /** Catches layers of the old ticket being sealed on with the new one. */
  @Test
  void beginsAgainWhenTheInputsWereChangedMeanwhile() throws Exception {
    FakeHost host = new FakeHost("host-a").failing(Step.PC2, failure(FailureType.CONFIG_INVALID));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      harness.catalog.await("parked");
      harness.catalog.changeInputs();
      harness.workflow().resume(ANNE_RESUMES);

      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(host.ran()).filteredOn(step -> step == Step.PC1).hasSize(2);
    }
  }

  @Test
  void beginsAgainWhenScratchIsLostAndParksWhenItKeepsBeingLost() throws Exception {
    FakeHost host = new FakeHost("host-a").failing(Step.PC2, failures(FailureType.SCRATCH_LOST, 4));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      assertThat(harness.catalog.await("parked").note()).startsWith("Scratch.Lost");
      assertThat(host.ran()).filteredOn(step -> step == Step.PC1).hasSize(4);

      harness.workflow().resume(ANNE_RESUMES);
      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
    }
  }

  // Catches: a resume that keeps the layers, which have their digests but may be wrong.
  @ParameterizedTest
  @EnumSource(
      value = FailureType.class,
      names = {"SECTOR_COMM_R_MISMATCH", "SECTOR_SEAL_INVALID"})
  void resumesAWrongSealWithoutItsLayers(FailureType type) throws Exception {
    FakeHost host = new FakeHost("host-a").failing(Step.CHECK_SEALED, failure(type));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      harness.catalog.await("parked");
      harness.workflow().resume(ANNE_RESUMES);

      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(fromZero(host)).containsExactly(false, true);
    }
  }

  // Catches: layers of a damaged parent cache that are kept, or a person who is needed for it.
  @Test
  void makesLayersOfADamagedParentCacheAgain() {
    FakeHost host =
        new FakeHost("host-a")
            .failing(Step.CHECK_SEALED, failure(FailureType.HOST_PARENT_CACHE))
            .failing(Step.PERSIST, failure(FailureType.SCRATCH_LOST));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      assertThat(harness.run().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(fromZero(host)).containsExactly(false, true, false);
    }
  }

  /** What each search for pieces, which is the first step, was told. */
  private static List<Boolean> fromZero(FakeHost host) {
    assertThat(host.requests())
        .filteredOn(request -> request.step() != Step.FETCH_PIECES)
        .noneMatch(StageRequest::fromZero);
    return host.requests().stream()
        .filter(request -> request.step() == Step.FETCH_PIECES)
        .map(StageRequest::fromZero)
        .toList();
  }

  // Catches: sealing from the start, or giving up, when only the result of PC2 is damaged.
  @Test
  void makesDamagedFilesAgainAndParksWhenTheyKeepGettingDamaged() throws Exception {
    FakeHost host =
        new FakeHost("host-a")
            .failing(Step.PERSIST, failures(FailureType.SCRATCH_SEALED_DAMAGED, 4));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      assertThat(harness.catalog.await("parked").note()).startsWith("Scratch.SealedDamaged");
      assertThat(host.ran()).filteredOn(step -> step == Step.PC1).hasSize(1);
      assertThat(host.ran()).filteredOn(step -> step == Step.PC2).hasSize(4);

      harness.workflow().resume(ANNE_RESUMES);
      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(host.ran()).filteredOn(step -> step == Step.PC1).hasSize(1);
      assertThat(host.ran()).endsWith(Step.PC2, Step.CHECK_SEALED, Step.PERSIST, Step.CHECK_STORED);
    }
  }

  // Catches: a final check that looks for the sector by itself, or that a damaged copy ends.
  @Test
  void checksTheCopyThatItStoredAndStoresItAgainIfThatIsDamaged() {
    FakeHost host =
        new FakeHost("host-a")
            .failing(Step.CHECK_STORED, failures(FailureType.STORE_COPY_DAMAGED, 1));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      assertThat(harness.run().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(host.ran())
          .endsWith(Step.PERSIST, Step.CHECK_STORED, Step.PERSIST, Step.CHECK_STORED);
      assertThat(host.requests())
          .filteredOn(request -> request.step() == Step.CHECK_STORED)
          .extracting(StageRequest::stored)
          .containsOnly(new StoredCopy("store-of-host-a", "/store"));
    }
  }

  @Test
  void goesToAnotherHostFromTheStartWhenItsOwnFallsSilent() throws Exception {
    FakeHost first = new FakeHost("host-a").holdingAt(Step.PC1);
    FakeHost second = new FakeHost("host-b");
    try (RebuildHarness harness = new RebuildHarness(first, second)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      first.awaitEntered(Step.PC1);
      first.fallSilent();

      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(end.join().run().host()).isEqualTo("host-b");
      assertThat(first.cancelledSteps()).containsExactly(Step.PC1);
      assertThat(second.ran()).isEqualTo(ON_HOST);
    }
  }

  @Test
  void goesOnWhereItWasWhenTheSilentHostComesBack() throws Exception {
    FakeHost host = new FakeHost("host-a").holdingAt(Step.PC1);
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      host.awaitEntered(Step.PC1);
      harness.workflow().threadHeld(host.grant());
      host.open(Step.PC1);

      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(host.ran()).isEqualTo(ON_HOST);
    }
  }

  /** Catches sealing that waits for the catalog, and records that get lost or out of order. */
  @Test
  void sealsOnWhileTheCatalogIsAwayAndCatchesUp() throws Exception {
    FakeHost host = new FakeHost("host-a").holdingAt(Step.CHECK_STORED);
    try (RebuildHarness harness = new RebuildHarness(host)) {
      harness.catalog.failRecords(2);
      CompletableFuture<RebuildStatus> end = harness.start();
      host.awaitEntered(Step.CHECK_STORED);
      host.open(Step.CHECK_STORED);

      assertThat(harness.catalog.changes()).isEmpty();
      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(harness.catalog.changes()).isEqualTo(end.join().changes());
    }
  }

  static Stream<Step> stepsOnTheHost() {
    return RebuildPlan.of(RebuildPlan.Needs.PLAIN).stream()
        .filter(step -> step.resource() != Step.Resource.NONE);
  }

  @ParameterizedTest
  @MethodSource("stepsOnTheHost")
  void abortStopsTheRunningStepAndRemovesScratch(Step step) throws Exception {
    FakeHost host = new FakeHost("host-a").holdingAt(step);
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      host.awaitEntered(step);

      assertThat(harness.workflow().abort(ANNE)).contains("dropped");
      assertThat(end.join().run().state()).isEqualTo(RebuildState.ABORTED);
      assertThat(change(end.join(), "aborted").note()).isEqualTo("by anne");
      assertThat(host.cancelledSteps()).containsExactly(step);
      assertThat(host.releases()).containsExactly(new ReleaseRequest(SECTOR, host.grant(), true));
      assertThat(harness.catalog.run().state()).isEqualTo(RebuildState.ABORTED);
    }
  }

  @Test
  void abortOfAParkedRebuildRemovesItsScratch() throws Exception {
    FakeHost host = new FakeHost("host-a").failing(Step.PC2, failure(FailureType.CONFIG_INVALID));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      harness.catalog.await("parked");
      harness.workflow().abort(ANNE);

      assertThat(end.join().run().state()).isEqualTo(RebuildState.ABORTED);
      assertThat(host.releases())
          .containsExactly(
              new ReleaseRequest(SECTOR, host.grant(), false),
              new ReleaseRequest(SECTOR, host.grant(), true));
    }
  }

  /** Seen to catch: a cancelled inspection after a resume that failed the workflow itself. */
  @Test
  void abortWhileTheInputsAreReadAgainIsAnAbort() throws Exception {
    FakeHost host = new FakeHost("host-a").failing(Step.PC2, failure(FailureType.CONFIG_INVALID));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      harness.catalog.await("parked");
      harness.catalog.holdInspection();
      harness.workflow().resume(ANNE_RESUMES);
      harness.catalog.awaitInspection();
      harness.workflow().abort(ANNE);

      assertThat(end.join().run().state()).isEqualTo(RebuildState.ABORTED);
      harness.catalog.openInspection();
    }
  }

  @Test
  void refusesToResumeWhatIsNotParked() throws Exception {
    FakeHost host = new FakeHost("host-a").holdingAt(Step.PC1);
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      host.awaitEntered(Step.PC1);

      assertThatThrownBy(() -> harness.workflow().resume(ANNE_RESUMES))
          .isInstanceOf(WorkflowUpdateException.class)
          .rootCause()
          .hasMessageContaining("is neither parked nor paused, it is at TreeDBuilt, running PC1");
      host.open(Step.PC1);
      end.join();
      assertThat(
              harness.client().fetchHistory(Names.workflowId(SECTOR)).getEvents().stream()
                  .map(event -> event.getEventType()))
          .as("a refused update leaves no trace")
          .doesNotContain(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED);
    }
  }

  @Test
  void cancellingTheWorkflowInTemporalAborts() throws Exception {
    FakeHost host = new FakeHost("host-a").holdingAt(Step.PC1);
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      host.awaitEntered(Step.PC1);
      harness.cancelWorkflow();

      assertThatThrownBy(end::join)
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(WorkflowFailedException.class)
          .hasRootCauseInstanceOf(CanceledFailure.class);
      assertThat(host.cancelledSteps()).containsExactly(Step.PC1);
      assertThat(harness.catalog.run().state()).isEqualTo(RebuildState.ABORTED);
      assertThat(host.releases()).containsExactly(new ReleaseRequest(SECTOR, host.grant(), true));
    }
  }

  /**
   * Catches a design that floods Temporal. With the workflow tasks, of which there are more or
   * fewer by how much happens at once, they are fewer than 150.
   */
  @Test
  void staysUnderNinetyEventsOfItsOwn() {
    try (RebuildHarness harness = new RebuildHarness(new FakeHost("host-a"))) {
      harness.run();
      assertThat(harness.eventsOfItsOwn()).isLessThan(90);
    }
  }
}
