package io.reseal.rebuild;

import static io.reseal.rebuild.RebuildHarness.ANNE_RESUMES;
import static io.reseal.rebuild.RebuildHarness.change;
import static io.reseal.rebuild.RebuildHarness.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.reseal.contract.FailureType;
import io.reseal.contract.HoldRequest;
import io.reseal.contract.MoveCommand;
import io.reseal.contract.RebuildStatus;
import io.reseal.contract.RequestBuilder;
import io.reseal.contract.StageRequest;
import io.reseal.contract.StoredCopy;
import io.reseal.plan.LostKey;
import io.reseal.plan.Repair;
import io.reseal.plan.Step;
import io.reseal.sector.Commitment;
import io.reseal.sector.RebuildState;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Sectors of which stores still have enough to make the rest from it. */
class RepairTest {

  private static final Repair SEALED = new Repair("nas-1", null, "tree-r-last of the sealed file");
  private static final Repair BOTH = new Repair("nas-1", "nas-2", "p_aux of the update");

  // Seen to fail: without the copy handed to the final check.
  @Test
  void makesOnlyWhatIsMissing() {
    FakeHost host = new FakeHost("host-a").withRepair(SEALED);
    try (RebuildHarness harness = new RebuildHarness(host)) {
      RebuildStatus end = harness.run();

      assertThat(host.ran()).containsExactly(Step.FETCH_PIECES, Step.REPAIR, Step.CHECK_STORED);
      assertThat(harness.catalog.statesSeen())
          .containsSubsequence("Allocated", "SealedChecked", "SnapDone", "Persisted", "Finished");
      assertThat(change(end, "keep sealed file").note())
          .isEqualTo("not made again: sealed file in store \"nas-1\"; the repair checks it");
      StageRequest check = host.requests().get(2);
      assertThat(check.stored()).isEqualTo(new StoredCopy("store-of-host-a", "/store"));
      assertThat(check.repaired()).isTrue();
      assertThat(check.keyIn()).isNull();
      assertThat(end.run().state()).isEqualTo(RebuildState.FINISHED);
    }
  }

  @Test
  void keepsTheUpdateOfASnappedSectorToo() {
    FakeHost host = new FakeHost("host-a").withRepair(BOTH);
    try (RebuildHarness harness = new RebuildHarness(host)) {
      harness.catalog.setSnap(1);
      RebuildStatus end = harness.run();

      assertThat(host.ran()).containsExactly(Step.FETCH_PIECES, Step.REPAIR, Step.CHECK_STORED);
      assertThat(change(end, "keep update").note()).contains("update in store \"nas-2\"");
      assertThat(end.run().state()).isEqualTo(RebuildState.FINISHED);
    }
  }

  // Seen to fail: with the first free host, which has nothing of the sector.
  @Test
  void waitsForTheHostThatHasCopies() {
    FakeHost other = new FakeHost("host-a");
    FakeHost host = new FakeHost("host-b").withRepair(SEALED);
    try (RebuildHarness harness = new RebuildHarness(other, host)) {
      harness.catalog.copiesOn("host-b");

      assertThat(harness.run().run().host()).isEqualTo("host-b");
      assertThat(other.ran()).isEmpty();
      assertThat(host.ran()).containsExactly(Step.FETCH_PIECES, Step.REPAIR, Step.CHECK_STORED);
    }
  }

  // Seen to fail: with a wait for a host that has died, without end.
  @Test
  void waitsNoLongerOnceThatHostIsOutOfTheQuestion() {
    FakeHost host = new FakeHost("host-a");
    try (RebuildHarness harness = new RebuildHarness(host)) {
      harness.catalog.copiesOn("host-x", "host-x");

      assertThat(harness.run().run().host()).isEqualTo("host-a");
      assertThat(host.ran()).contains(Step.PC1);
    }
  }

  // Catches: an operator who cannot move what waits for a host with copies.
  @Test
  void goesWhereTheOperatorSaysInstead() throws Exception {
    FakeHost host = new FakeHost("host-a");
    try (RebuildHarness harness = new RebuildHarness(host)) {
      harness.catalog.copiesOn("host-x");
      CompletableFuture<RebuildStatus> end = harness.start();
      harness.catalog.await("requested");
      harness.workflow().move(new MoveCommand("anne", "host-a"));

      assertThat(end.join().run().host()).isEqualTo("host-a");
    }
  }

  // Seen to fail: without the key's store handed to the steps that encode the update.
  @Test
  void encodesALostUpdateOverTheRepairedKey() {
    FakeHost host = new FakeHost("host-a").withRepair(SEALED).withPiecesToDownload(1);
    try (RebuildHarness harness = new RebuildHarness(host)) {
      harness.catalog.setSnap(1);
      RebuildStatus end = harness.run();

      assertThat(host.ran())
          .containsExactly(
              Step.FETCH_PIECES,
              Step.DOWNLOAD_PIECES,
              Step.REPAIR_KEY,
              Step.SNAP_ADD_PIECES,
              Step.SNAP_TREE_D,
              Step.SNAP_ENCODE,
              Step.CHECK_SNAP,
              Step.PERSIST,
              Step.CHECK_STORED);
      assertThat(host.requests())
          .filteredOn(request -> request.step() != Step.FETCH_PIECES)
          .extracting(StageRequest::keyIn)
          .containsOnly("nas-1");
      assertThat(host.requests().get(8).repaired()).isFalse();
      assertThat(end.run().state()).isEqualTo(RebuildState.FINISHED);
    }
  }

  private static final Commitment COMM_C = new Commitment("07".repeat(32));
  private static final Repair ENCODED =
      new Repair(null, null, COMM_C, "all files of the sealed file");

  // Seen to fail: with a PC1 beside the download that keeps all layers.
  @Test
  void sealsWithTheKnownRootOfTreeC() {
    FakeHost host = new FakeHost("host-a").withRepair(ENCODED).withPiecesToDownload(1);
    try (RebuildHarness harness = new RebuildHarness(host)) {
      RebuildStatus end = harness.run();

      assertThat(host.ran())
          .containsExactlyInAnyOrder(
              Step.FETCH_PIECES,
              Step.DOWNLOAD_PIECES,
              Step.ADD_PIECES,
              Step.PC1,
              Step.ENCODE,
              Step.CHECK_ENCODED,
              Step.PERSIST,
              Step.CHECK_STORED);
      assertThat(host.requests())
          .filteredOn(request -> request.step() != Step.FETCH_PIECES)
          .extracting(StageRequest::commC)
          .containsOnly(COMM_C);
      assertThat(harness.catalog.statesSeen())
          .containsSubsequence(
              "PieceAdded", "TreeDBuilt", "PC1Done", "PC2Done", "SealedChecked", "Finished");
      assertThat(change(end, "no tree D").note()).isEqualTo("not needed: comm_c is known");
      assertThat(end.run().state()).isEqualTo(RebuildState.FINISHED);
    }
  }

  // Seen to fail: with a wrong comm_c that is tried for ever.
  @Test
  void sealsEverythingAfterAWrongCommR() throws Exception {
    FakeHost host =
        new FakeHost("host-a")
            .withRepair(ENCODED)
            .failing(Step.ENCODE, failure(FailureType.SECTOR_COMM_R_MISMATCH));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      harness.catalog.await("parked");
      assertThat(harness.workflow().resume(ANNE_RESUMES)).contains("continues");

      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(host.ran())
          .endsWith(
              Step.FETCH_PIECES,
              Step.ADD_PIECES,
              Step.TREE_D,
              Step.PC1,
              Step.PC2,
              Step.CHECK_SEALED,
              Step.PERSIST,
              Step.CHECK_STORED);
      assertThat(host.requests())
          .filteredOn(request -> request.step() == Step.FETCH_PIECES)
          .extracting(StageRequest::mayRepair, StageRequest::mayEncode, StageRequest::fromZero)
          .containsExactly(tuple(true, true, false), tuple(false, false, true));
      assertThat(host.requests())
          .filteredOn(request -> request.step() == Step.PC2)
          .extracting(StageRequest::commC)
          .containsOnlyNulls();
    }
  }

  // Catches: layers of a store that are copied again after they were wrong; everything sealed with
  // trees C and D, and an operator waited for, because of them.
  @Test
  void labelsEverythingAfterWrongLayersFromAStore() {
    FakeHost host =
        new FakeHost("host-a")
            .withRepair(ENCODED)
            .failing(Step.ENCODE, failure(FailureType.STORE_LAYERS_WRONG));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      RebuildStatus end = harness.run();

      assertThat(end.run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(change(end, "scratch lost").note()).startsWith("Store.LayersWrong: ");
      assertThat(host.requests())
          .filteredOn(request -> request.step() == Step.FETCH_PIECES)
          .extracting(StageRequest::mayEncode, StageRequest::mayCopyLayers, StageRequest::fromZero)
          .containsExactly(tuple(true, true, false), tuple(true, false, true));
      assertThat(host.requests())
          .filteredOn(request -> request.step() == Step.PC1)
          .extracting(StageRequest::mayCopyLayers)
          .containsExactly(true, false);
      assertThat(host.ran()).doesNotContain(Step.PC2);
    }
  }

  // Catches: room for everything demanded where a repair is likely; a rebuild that asks for too
  // little again, parks, or marks its thread for what is no fault of it.
  @Test
  void waitsForMoreRoomWhereMoreIsToBeMadeThanExpected() {
    FakeHost host =
        new FakeHost("host-a").failing(Step.FETCH_PIECES, failure(FailureType.HOST_SCRATCH_SHORT));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      RebuildStatus end = harness.run();

      assertThat(end.run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(harness.holds.requests())
          .extracting(HoldRequest::mayRepair)
          .containsExactly(true, false);
      assertThat(host.ran()).startsWith(Step.FETCH_PIECES, Step.FETCH_PIECES).contains(Step.PC2);
      assertThat(harness.catalog.statesSeen()).containsOnlyOnce("Empty").contains("PC2Done");
    }
  }

  private static final Repair KEY = Repair.ofLostKey("nas-2", null, LostKey.MAKE);
  private static final Repair KEY_AND_UPDATE =
      Repair.ofLostKey("nas-2", "tree-r-last of the update", LostKey.MAKE);

  // Catches: a plan that stores all of the sector again.
  @Test
  void makesALostKeyFromItsUpdate() {
    FakeHost host = new FakeHost("host-a").withRepair(KEY).withPiecesToDownload(1);
    try (RebuildHarness harness = new RebuildHarness(host)) {
      harness.catalog.setSnap(1);
      RebuildStatus end = harness.run();

      assertThat(host.ran())
          .containsExactly(
              Step.FETCH_PIECES,
              Step.DOWNLOAD_PIECES,
              Step.KEY_ADD_PIECES,
              Step.SNAP_KEY,
              Step.PERSIST,
              Step.CHECK_STORED);
      assertThat(harness.catalog.statesSeen())
          .containsSubsequence(
              "Allocated", "PieceAdded", "SealedChecked", "SnapDone", "Persisted", "Finished");
      assertThat(change(end, "keep update").note())
          .isEqualTo("not made again: the update in store \"nas-2\" is right to the last byte");
      assertThat(host.requests())
          .filteredOn(request -> request.step() != Step.FETCH_PIECES)
          .extracting(StageRequest::repair)
          .containsOnly(KEY);
      assertThat(host.requests().get(5).repaired()).isFalse();
      assertThat(end.run().state()).isEqualTo(RebuildState.FINISHED);
    }
  }

  @Test
  void repairsTheUpdateThatALostKeyIsMadeOf() {
    FakeHost host = new FakeHost("host-a").withRepair(KEY_AND_UPDATE);
    try (RebuildHarness harness = new RebuildHarness(host)) {
      harness.catalog.setSnap(1);

      assertThat(harness.run().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(host.ran())
          .containsExactly(
              Step.FETCH_PIECES,
              Step.KEY_ADD_PIECES,
              Step.SNAP_KEY,
              Step.REPAIR_UPDATE,
              Step.PERSIST,
              Step.CHECK_STORED);
      assertThat(host.requests().get(5).stored())
          .isEqualTo(new StoredCopy("store-of-host-a", "/store"));
    }
  }

  // Catches: a key that is sealed for hours although nothing that proves reads it.
  @Test
  void leavesAKeyThatCannotBeMade() {
    FakeHost host = new FakeHost("host-a").withRepair(KEY_AND_UPDATE.withoutKey().orElseThrow());
    try (RebuildHarness harness = new RebuildHarness(host)) {
      harness.catalog.setSnap(1);
      RebuildStatus end = harness.run();

      assertThat(host.ran()).containsExactly(Step.FETCH_PIECES, Step.REPAIR, Step.CHECK_STORED);
      assertThat(change(end, "no key").note()).isEqualTo("the key is lost, which no proof reads");
      assertThat(end.run().state()).isEqualTo(RebuildState.FINISHED);
    }
  }

  // Catches: a summary that says that nothing was lost.
  @Test
  void finishesWhereOnlyAKeyThatCannotBeMadeIsLost() {
    FakeHost host =
        new FakeHost("host-a").withIntactCopyIn("nas-2").withLostKey("a piece is missing");
    try (RebuildHarness harness = new RebuildHarness(host)) {
      harness.catalog.setSnap(1);
      RebuildStatus end = harness.run();

      assertThat(host.ran()).containsExactly(Step.FETCH_PIECES);
      assertThat(change(end, "fetch pieces").note())
          .isEqualTo(
              "nothing that proofs read was lost: store nas-2 has the update, provable; nothing was"
                  + " sealed; a piece is missing");
      assertThat(end.run().state()).isEqualTo(RebuildState.FINISHED);
    }
  }

  // Seen to fail: with the key made of a damaged update again and again.
  @Test
  void sealsWhereTheUpdateThatTheKeyIsMadeOfIsDamaged() {
    FakeHost host =
        new FakeHost("host-a")
            .withRepair(KEY)
            .failing(Step.SNAP_KEY, failure(FailureType.STORE_REPLICA_DAMAGED));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      harness.catalog.setSnap(1);

      assertThat(harness.run().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(host.ran())
          .containsSubsequence(
              Step.SNAP_KEY, Step.FETCH_PIECES, Step.PC1, Step.SNAP_ENCODE, Step.PERSIST)
          .containsOnlyOnce(Step.SNAP_KEY);
      assertThat(host.requests())
          .filteredOn(request -> request.step() == Step.FETCH_PIECES)
          .extracting(StageRequest::mayRepair, StageRequest::lostKey)
          .containsExactly(tuple(true, LostKey.MAKE), tuple(false, null));
    }
  }

  // Seen to fail: with a rebuild that parks for a key which nothing needs.
  @Test
  void leavesTheKeyWhereAPieceDoesNotArrive() {
    FakeHost host =
        new FakeHost("host-a")
            .withRepair(KEY)
            .withPiecesToDownload(1)
            .leavingItsKey()
            .failing(Step.DOWNLOAD_PIECES, failure(FailureType.SECTOR_PIECE_MISSING));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      harness.catalog.setSnap(1);

      assertThat(harness.run().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(host.ran())
          .containsExactly(Step.FETCH_PIECES, Step.DOWNLOAD_PIECES, Step.FETCH_PIECES);
    }
  }

  // Catches: a key that is sealed because a repair has failed, although its update is intact.
  @Test
  void stillMakesTheKeyWhereARepairHasFailed() {
    FakeHost host =
        new FakeHost("host-a")
            .withRepair(BOTH)
            .failing(Step.REPAIR, failure(FailureType.STORE_REPLICA_DAMAGED));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      harness.catalog.setSnap(1);
      harness.run();
      assertThat(host.requests())
          .filteredOn(request -> request.step() == Step.FETCH_PIECES)
          .extracting(StageRequest::mayRepair, StageRequest::lostKey)
          .containsExactly(tuple(true, LostKey.MAKE), tuple(false, LostKey.MAKE));
    }
  }

  // Catches: the state from which a sealed file is made, which this plan never reaches.
  @Test
  void makesTheKeyAgainWhereItsFilesInScratchAreDamaged() {
    FakeHost host =
        new FakeHost("host-a")
            .withRepair(KEY)
            .failing(Step.PERSIST, failure(FailureType.SCRATCH_SEALED_DAMAGED));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      harness.catalog.setSnap(1);

      assertThat(harness.run().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(host.ran())
          .containsExactly(
              Step.FETCH_PIECES,
              Step.KEY_ADD_PIECES,
              Step.SNAP_KEY,
              Step.PERSIST,
              Step.SNAP_KEY,
              Step.PERSIST,
              Step.CHECK_STORED);
    }
  }

  // Seen to fail: with a damaged file that is repaired for ever.
  @Test
  void sealsWhereWhatWasKeptTurnsOutToBeDamaged() {
    FakeHost host =
        new FakeHost("host-a")
            .withRepair(SEALED)
            .failing(Step.REPAIR, failure(FailureType.STORE_REPLICA_DAMAGED));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      RebuildStatus end = harness.run();

      assertThat(host.ran())
          .containsExactly(
              Step.FETCH_PIECES,
              Step.REPAIR,
              Step.FETCH_PIECES,
              Step.ADD_PIECES,
              Step.TREE_D,
              Step.PC1,
              Step.PC2,
              Step.CHECK_SEALED,
              Step.PERSIST,
              Step.CHECK_STORED);
      assertThat(host.requests())
          .filteredOn(request -> request.step() == Step.FETCH_PIECES)
          .extracting(StageRequest::mayRepair, StageRequest::mayEncode)
          .containsExactly(tuple(true, true), tuple(false, true));
      assertThat(change(end, "scratch lost").note()).startsWith("Store.ReplicaDamaged: ");
      assertThat(end.run().state()).isEqualTo(RebuildState.FINISHED);
    }
  }

  // Seen to fail: with a check that only persist can repeat.
  @Test
  void repairsAgainWhereTheStoredCopyChanges() {
    FakeHost host =
        new FakeHost("host-a")
            .withRepair(SEALED)
            .failing(Step.CHECK_STORED, failure(FailureType.STORE_COPY_DAMAGED));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      assertThat(harness.run().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(host.ran())
          .containsExactly(
              Step.FETCH_PIECES, Step.REPAIR, Step.CHECK_STORED, Step.REPAIR, Step.CHECK_STORED);
    }
  }

  // Seen to fail: with a repair that goes on by a CommR that is not recorded any more.
  @Test
  void looksAgainWhereTheRecordChangesMeanwhile() throws Exception {
    FakeHost host =
        new FakeHost("host-a")
            .withRepair(SEALED)
            .failing(Step.REPAIR, failure(FailureType.CONFIG_INVALID));
    try (RebuildHarness harness = new RebuildHarness(host)) {
      CompletableFuture<RebuildStatus> end = harness.start();
      harness.catalog.await("parked");
      harness.catalog.changeCommR();
      assertThat(harness.workflow().resume(ANNE_RESUMES)).contains("continues");

      assertThat(end.join().run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(host.ran())
          .containsExactly(
              Step.FETCH_PIECES, Step.REPAIR, Step.FETCH_PIECES, Step.REPAIR, Step.CHECK_STORED);
    }
  }

  // Catches: a repair although all is to be sealed; a proof needs the layers. Layers of a store
  // that are copied although everything is to be made.
  @Test
  void repairsNothingWhereAllIsToBeSealed() {
    FakeHost host = new FakeHost("host-a").withRepair(SEALED);
    try (RebuildHarness harness = new RebuildHarness(host)) {
      RebuildStatus end =
          harness
              .start(
                  RequestBuilder.of(RebuildHarness.SECTOR, RebuildHarness.TIMINGS)
                      .requestedBy("anne")
                      .force()
                      .build())
              .join();
      assertThat(end.run().state()).isEqualTo(RebuildState.FINISHED);
      assertThat(host.ran()).contains(Step.PC1).doesNotContain(Step.REPAIR);
      assertThat(host.requests()).extracting(StageRequest::mayCopyLayers).containsOnly(false);
      assertThat(harness.holds.requests()).extracting(HoldRequest::mayRepair).containsOnly(false);
    }
  }
}
