package io.reseal.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.contract.RunRecord;
import io.reseal.contract.StateChange;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SealProof;
import java.nio.file.Files;
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
  private final Lab lab;
  private final Ask ask;
  private final Runs runs;
  private final Stops stops;

  DeathsIT(Fleet fleet, Lab lab, Ask ask, Runs runs, Stops stops) {
    this.fleet = fleet;
    this.lab = lab;
    this.ask = ask;
    this.runs = runs;
    this.stops = stops;
  }

  // Seen to fail: with layers that each attempt of PC1 begins anew.
  @Test
  void workerKilledInPc1GoesOnFromItsLastLayerWhenStartedAgain() throws Exception {
    LostSector sector = lab.bigOne();
    ask.rebuild(sector);
    Stops.Frozen frozen = stops.freezeInSecondLayer(sector);
    fleet.worker(frozen.host()).kill();
    frozen.thaw();
    Await.until("the orphan ends by itself", () -> !frozen.stage().isAlive());
    fleet.startWorker(frozen.host());
    assertThat(fleet.threads(frozen.host()).get(0).sector()).isEqualTo(sector.id());
    RunRecord run = runs.awaitState(sector, RebuildState.FINISHED);
    assertThat(run.host()).isEqualTo(frozen.host());
    assertThat(step(sector, "PC1").note()).isEqualTo("2 layers, 1 of them kept from before");
    assertThat(runs.changes(sector)).extracting(StateChange::step).doesNotContain("scratch lost");
    assertThat(lab.stored(sector)).isEqualTo(sector.files());
  }

  // Catches: layers that are removed with the others although they are the last two.
  @Test
  void workerKilledInPc1ThatKeepsTwoLayersGoesOnFromItsLastLayer() throws Exception {
    LostSector sector = lab.bigOne();
    ask.rebuildAndWait(sector);
    lab.awaitNoScratch(sector);
    for (String file : sector.files().keySet()) {
      Files.delete(fleet.store().resolve(file));
    }
    ask.rebuild(sector);
    Stops.Frozen frozen = stops.freezeInSecondLayer(sector);
    fleet.worker(frozen.host()).kill();
    frozen.thaw();
    Await.until("the orphan ends by itself", () -> !frozen.stage().isAlive());
    fleet.startWorker(frozen.host());
    runs.awaitState(sector, RebuildState.FINISHED);
    assertThat(step(sector, "PC1").note()).isEqualTo("2 layers, 1 of them kept from before");
    assertThat(runs.changes(sector))
        .extracting(StateChange::step)
        .contains("no tree D", "encode", "check encoded")
        .doesNotContain("scratch lost", "PC2");
    assertThat(lab.stored(sector)).isEqualTo(sector.files());
  }

  // Seen to fail: with a worker that leaves its stage processes running.
  @Test
  void workerStoppedInPc1LeavesNothingRunningAndAKilledStageIsRetriedInPlace() throws Exception {
    LostSector sector = lab.bigOne();
    ask.rebuild(sector);
    Stops.Frozen frozen = stops.freezeInSecondLayer(sector);
    fleet.worker(frozen.host()).terminate(Duration.ofSeconds(10));
    assertThat(frozen.stage().isAlive()).isFalse();
    // The library's PC2 takes long enough to be caught at it.
    fleet.treesBy("stock");
    fleet.startWorker(frozen.host());
    fleet.treesBy("auto");
    runs.awaitState(sector, RebuildState.PC1_DONE);
    assertThat(step(sector, "PC1").note()).isEqualTo("2 layers, 1 of them kept from before");
    Await.until("PC2 runs", () -> !fleet.worker(frozen.host()).stages().isEmpty());
    fleet.worker(frozen.host()).stages().forEach(ProcessHandle::destroyForcibly);
    Await.until(
        "the stage's death is recorded",
        () ->
            runs.run(sector).orElseThrow().lastError() != null
                && runs.run(sector).orElseThrow().lastError().startsWith("Host.StageDied"));
    RunRecord run = runs.awaitState(sector, RebuildState.FINISHED);
    assertThat(run.host()).isEqualTo(frozen.host());
    assertThat(step(sector, "PC2").attempts()).isEqualTo(2);
    assertThat(lab.stored(sector)).isEqualTo(sector.files());
    fleet.worker(frozen.host()).terminate(Duration.ofSeconds(10));
  }

  // Seen to fail: with a hold that waits for the silent host for ever.
  @Test
  void anotherHostTakesOverFromAKilledOneThatStaysAway() throws Exception {
    fleet.hostGrace("5s");
    LostSector sector = lab.lose(SealProof.KIB_2_V1_1, lab.piece(512, 512));
    List<LockedFile> locks = stops.holdUp(sector);
    ask.rebuild(sector);
    String host = runs.awaitHeldUp(sector).host();
    fleet.worker(host).kill();
    locks.forEach(LockedFile::close);
    RunRecord run = runs.awaitState(sector, RebuildState.FINISHED);
    assertThat(run.host()).isEqualTo(Fleet.otherHost(host));
    assertThat(lab.stored(sector)).isEqualTo(sector.files());
    fleet.startWorker(host);
    lab.awaitNoScratch(sector);
  }

  // Seen to fail: with records that the workflow waits for before its next step.
  @Test
  void sealingGoesOnWithoutMariaDbAndEveryStateIsRecordedLater() throws Exception {
    LostSector sector = lab.lose(SealProof.KIB_2_V1_1, lab.piece(512, 512));
    List<LockedFile> locks = stops.holdUp(sector);
    ask.rebuild(sector);
    runs.awaitHeldUp(sector);
    fleet.mariadb().kill();
    locks.forEach(LockedFile::close);
    Await.until(
        "the rebuild is through without its catalog",
        () -> runs.status(sector).run().state() == RebuildState.FINISHED);
    fleet.mariadb().start();
    runs.awaitState(sector, RebuildState.FINISHED);
    assertThat(runs.changes(sector)).extracting(StateChange::seq).isSorted().hasSize(11);
    assertThat(lab.stored(sector)).isEqualTo(sector.files());
  }

  // Seen to fail: with a server that keeps its workflows in memory only.
  @Test
  void rebuildGoesOnWhenTemporalWasKilledAndStartedAgain() throws Exception {
    LostSector sector = lab.bigOne();
    ask.rebuild(sector);
    Stops.Frozen frozen = stops.freezeInSecondLayer(sector);
    fleet.temporal().kill();
    frozen.thaw();
    fleet.temporal().start();
    RunRecord run = runs.awaitState(sector, RebuildState.FINISHED);
    assertThat(run.endedAt()).isNotNull();
    assertThat(lab.stored(sector)).isEqualTo(sector.files());
  }

  private StateChange step(LostSector sector, String title) {
    return runs.changes(sector).stream()
        .filter(change -> change.step().equals(title))
        .findFirst()
        .orElseThrow();
  }
}
