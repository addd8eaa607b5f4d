package io.reseal.rebuild;

import static io.reseal.rebuild.RebuildHarness.ANNE;
import static io.reseal.rebuild.RebuildHarness.ANNE_RESUMES;
import static io.reseal.rebuild.RebuildHarness.change;
import static io.reseal.rebuild.RebuildHarness.failure;
import static io.reseal.rebuild.RebuildHarness.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.contract.FailureType;
import io.reseal.contract.RebuildStatus;
import io.reseal.contract.ResumeCommand;
import io.reseal.plan.Step;
import io.reseal.sector.RebuildState;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A rebuild that stands still goes on from an earlier state. */
class SetBackTest {

  private static ResumeCommand from(RebuildState state) {
    return new ResumeCommand("anne", state);
  }

  private static FakeHost parkingAtPersist() {
    return new FakeHost("host-a").failing(Step.PERSIST, failure(FailureType.CONFIG_INVALID));
  }

  /**
   * Seen to catch: a set-back that moved the state and not the plan, so that nothing was redone.
   */
  @Test
  void doesTheStepsAfterTheStateAgain() throws Exception {
    FakeHost host = parkingAtPersist().withUsable(RebuildState.TREE_D_BUILT, RebuildState.PC1_DONE);
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      harness.catalog.await("parked");
      assertThat(harness.workflow().resume(from(RebuildState.PC1_DONE)))
          .isEqualTo("The rebuild of f01001/123 continues from PC1Done.");

      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(change(end.join(), "set back").note()).isEqualTo("from SnapDone, by anne");
      assertThat(change(end.join(), "set back").state()).isEqualTo(RebuildState.PC1_DONE);
      assertThat(host.ran()).filteredOn(step -> step == Step.PC1).hasSize(1);
      assertThat(host.ran()).filteredOn(step -> step == Step.PC2).hasSize(2);
      assertThat(host.ran()).filteredOn(step -> step == Step.CHECK_SEALED).hasSize(2);
    }
  }

  /** Seen to catch: a set-back to files that are gone, which then fails at the next step. */
  @Test
  void refusesAStateWhoseFilesAreGoneAndNamesThoseThatCanBeUsed() throws Exception {
    FakeHost host = parkingAtPersist().withUsable(RebuildState.TREE_D_BUILT);
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      harness.catalog.await("parked");
      assertThat(refusal(() -> harness.workflow().resume(from(RebuildState.PC1_DONE))))
          .isEqualTo(
              "The files of PC1Done are no longer in the scratch of host-a#0: f01001/123 can go"
                  + " back to Empty, Allocated, TreeDBuilt.");
      assertThat(harness.workflow().status().run().state()).isEqualTo(RebuildState.SNAP_DONE);
      assertThat(harness.workflow().status().run().attention()).isNotNull();

      harness.workflow().resume(from(RebuildState.TREE_D_BUILT));
      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
    }
  }

  @Test
  void changesNothingWhenTheHostCannotSayWhatIsThere() throws Exception {
    FakeHost host = parkingAtPersist().failingToLook(failure(FailureType.HOST_IO));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      harness.catalog.await("parked");
      assertThat(refusal(() -> harness.workflow().resume(from(RebuildState.PC1_DONE))))
          .isEqualTo(
              "host-a#0 did not report what is in its scratch, so f01001/123 cannot go back to"
                  + " PC1Done: try again, or go back to Empty.");
      assertThat(harness.workflow().status().run().state()).isEqualTo(RebuildState.SNAP_DONE);

      harness.workflow().resume(ANNE_RESUMES);
      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(host.ran()).filteredOn(step -> step == Step.PC1).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"EMPTY", "ALLOCATED"})
  void beginsFromTheStartWithoutAskingTheHost(RebuildState state) throws Exception {
    FakeHost host = parkingAtPersist().failingToLook(failure(FailureType.HOST_IO));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      harness.catalog.await("parked");
      harness.workflow().resume(from(state));

      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(host.ran()).filteredOn(step -> step == Step.FETCH_PIECES).hasSize(2);
      assertThat(host.ran()).filteredOn(step -> step == Step.PC1).hasSize(2);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"PERSISTED", "FINISHED"})
  void refusesAStateThatWasNotReached(RebuildState state) throws Exception {
    try (RebuildHarness harness = new RebuildHarness(parkingAtPersist())) {
      CompletableFuture<RebuildStatus> end = harness.start();
      harness.catalog.await("parked");
      assertThat(refusal(() -> harness.workflow().resume(from(state))))
          .isEqualTo(
              "The rebuild of f01001/123 is at SnapDone and cannot continue from "
                  + state
                  + ": it can go back to Empty, Allocated, PieceAdded, TreeDBuilt, PC1Done,"
                  + " PC2Done, SealedChecked, SnapDone, or be dropped by Aborted.");
      assertThat(harness.workflow().status().run().attention()).isNotNull();
      harness.workflow().abort(ANNE);
      end.join();
    }
  }

  @Test
  void theStateAbortedDropsTheRebuild() throws Exception {
    FakeHost host = parkingAtPersist();
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      harness.catalog.await("parked");
      assertThat(harness.workflow().resume(from(RebuildState.ABORTED))).contains("dropped");

      assertThat(end.join().run().state()).isEqualTo(RebuildState.ABORTED);
      assertThat(change(end.join(), "aborted").note()).isEqualTo("by anne");
    }
  }

  /** A wrong seal is sealed anew, but an operator who names a state has the last word. */
  @Test
  void keepsTheLayersOfAWrongSealWhereTheOperatorSaysSo() throws Exception {
    FakeHost host =
        new FakeHost("host-a")
            .failing(Step.CHECK_SEALED, failure(FailureType.SECTOR_COMM_R_MISMATCH))
            .withUsable(RebuildState.PC1_DONE);
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      harness.catalog.await("parked");
      harness.workflow().resume(from(RebuildState.PC1_DONE));

      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(host.ran()).filteredOn(step -> step == Step.PC1).hasSize(1);
      assertThat(host.ran()).filteredOn(step -> step == Step.CHECK_SEALED).hasSize(2);
    }
  }

  /** Seen to catch: a sector stored that was only ever compared with the old CommR. */
  @Test
  void comparesAgainWhenTheRecordedCommRHasChanged() throws Exception {
    FakeHost host = parkingAtPersist();
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      harness.catalog.await("parked");
      harness.catalog.changeCommR();
      harness.workflow().resume(ANNE_RESUMES);

      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(host.ran()).filteredOn(step -> step == Step.CHECK_SEALED).hasSize(2);
      assertThat(host.ran()).filteredOn(step -> step == Step.PC2).hasSize(1);
    }
  }
}
