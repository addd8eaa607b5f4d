package io.reseal.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.contract.RunRecord;
import io.reseal.contract.StateChange;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SealProof;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whatever process dies, whenever: the rebuild goes on from where it was. */
@ExtendWith(FleetExtension.class)
@Timeout(180)
class DeathsIT {

  private final Fleet fleet;

  DeathsIT(Fleet fleet) {
    this.fleet = fleet;
  }

  // Seen to fail: with layers that each attempt of PC1 begins anew.
  @Test
  void workerKilledInPc1GoesOnFromItsLastLayerWhenStartedAgain() throws Exception {
    LostSector sector = fleet.bigOne();
    fleet.ask(sector);
    Fleet.Frozen frozen = fleet.freezeInSecondLayer(sector);
    fleet.worker(frozen.host()).kill();
    frozen.thaw();
    Await.until("the orphan ends by itself", () -> !frozen.stage().isAlive());
    fleet.startWorker(frozen.host());
    assertThat(fleet.threads(frozen.host()).get(0).sector()).isEqualTo(sector.id());
    RunRecord run = fleet.awaitState(sector, RebuildState.FINISHED);
    assertThat(run.host()).isEqualTo(frozen.host());
    assertThat(step(sector, "PC1").note()).isEqualTo("2 layers, 1 of them kept from before");
    assertThat(fleet.changes(sector)).extracting(StateChange::step).doesNotContain("scratch lost");
    assertThat(LostSector.filesIn(fleet.store(), sector.id())).isEqualTo(sector.files());
  }

  // Seen to fail: with a worker that leaves its stage processes running.
  @Test
  void workerStoppedInPc1LeavesNothingRunningAndAKilledStageIsRetriedInPlace() throws Exception {
    LostSector sector = fleet.bigOne();
    fleet.ask(sector);
    Fleet.Frozen frozen = fleet.freezeInSecondLayer(sector);
    fleet.worker(frozen.host()).terminate(Duration.ofSeconds(10));
    assertThat(frozen.stage().isAlive()).isFalse();
    // The library's PC2 takes long enough to be caught at it.
    fleet.treesBy("stock");
    fleet.startWorker(frozen.host());
    fleet.treesBy("auto");
    var unused = fleet.awaitState(sector, RebuildState.PC1_DONE);
    assertThat(step(sector, "PC1").note()).isEqualTo("2 layers, 1 of them kept from before");
    Await.until("PC2 runs", () -> !fleet.worker(frozen.host()).stages().isEmpty());
    fleet.worker(frozen.host()).stages().forEach(ProcessHandle::destroyForcibly);
    Await.until(
        "the stage's death is recorded",
        () ->
            fleet.run(sector).orElseThrow().lastError() != null
                && fleet.run(sector).orElseThrow().lastError().startsWith("Host.StageDied"));
    RunRecord run = fleet.awaitState(sector, RebuildState.FINISHED);
    assertThat(run.host()).isEqualTo(frozen.host());
    assertThat(step(sector, "PC2").attempts()).isEqualTo(2);
    assertThat(LostSector.filesIn(fleet.store(), sector.id())).isEqualTo(sector.files());
    fleet.worker(frozen.host()).terminate(Duration.ofSeconds(10));
  }

  // Seen to fail: with a hold that waits for the silent host for ever.
  @Test
  void anotherHostTakesOverFromAKilledOneThatStaysAway() throws Exception {
    fleet.hostGrace("5s");
    LostSector sector = fleet.lose(SealProof.KIB_2_V1_1, fleet.sealer().piece(512, 512));
    List<LockedFile> locks = fleet.holdUp(sector);
    fleet.ask(sector);
    String host = fleet.awaitHeldUp(sector).host();
    fleet.worker(host).kill();
    locks.forEach(LockedFile::close);
    RunRecord run = fleet.awaitState(sector, RebuildState.FINISHED);
    assertThat(run.host()).isEqualTo(Fleet.otherHost(host));
    assertThat(LostSector.filesIn(fleet.store(), sector.id())).isEqualTo(sector.files());
    fleet.startWorker(host);
    fleet.awaitNoScratch(sector);
  }

  // Seen to fail: with records that the workflow waits for before its next step.
  @Test
  void sealingGoesOnWithoutMariaDbAndEveryStateIsRecordedLater() throws Exception {
    LostSector sector = fleet.lose(SealProof.KIB_2_V1_1, fleet.sealer().piece(512, 512));
    List<LockedFile> locks = fleet.holdUp(sector);
    fleet.ask(sector);
    var unusedHeld = fleet.awaitHeldUp(sector);
    fleet.mariadb().kill();
    locks.forEach(LockedFile::close);
    Await.until(
        "the rebuild is through without its catalog",
        () -> fleet.status(sector).run().state() == RebuildState.FINISHED);
    fleet.mariadb().start();
    var unused = fleet.awaitState(sector, RebuildState.FINISHED);
    assertThat(fleet.changes(sector)).extracting(StateChange::seq).isSorted().hasSize(11);
    assertThat(LostSector.filesIn(fleet.store(), sector.id())).isEqualTo(sector.files());
  }

  // Seen to fail: with a server that keeps its workflows in memory only.
  @Test
  void rebuildGoesOnWhenTemporalWasKilledAndStartedAgain() throws Exception {
    LostSector sector = fleet.bigOne();
    fleet.ask(sector);
    Fleet.Frozen frozen = fleet.freezeInSecondLayer(sector);
    fleet.temporal().kill();
    frozen.thaw();
    fleet.temporal().start();
    RunRecord run = fleet.awaitState(sector, RebuildState.FINISHED);
    assertThat(run.endedAt()).isNotNull();
    assertThat(LostSector.filesIn(fleet.store(), sector.id())).isEqualTo(sector.files());
  }

  private StateChange step(LostSector sector, String title) {
    return fleet.changes(sector).stream()
        .filter(change -> change.step().equals(title))
        .findFirst()
        .orElseThrow();
  }
}
