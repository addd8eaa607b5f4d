package io.reseal.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.contract.RunRecord;
import io.reseal.contract.StateChange;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SealProof;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whatever process dies, whenever: the rebuild goes on from where it was. */
@ExtendWith(FleetExtension.class)
@Timeout(180)
class DeathsIT {

  private static final long MIB = 1L << 20;

  private final Fleet fleet;
  private LostSector sector;

  DeathsIT(Fleet fleet) {
    this.fleet = fleet;
  }

  /** Of 8 MiB, so that its layers take seconds. */
  @BeforeEach
  void sectorWithPiecesAndAGap() throws Exception {
    sector =
        fleet.lose(
            SealProof.MIB_8_V1_1,
            fleet.sealer().piece(MIB, 0),
            fleet.sealer().piece(4 * MIB, 4 * MIB));
  }

  @Test
  void workerKilledInPc1GoesOnFromItsLastLayerWhenStartedAgain() {
    fleet.ask(sector);
    String host = fleet.awaitSecondLayer(sector);
    fleet.worker(host).kill();
    fleet.startWorker(host);
    RunRecord run = fleet.awaitState(sector, RebuildState.FINISHED);
    assertThat(run.host()).isEqualTo(host);
    assertThat(pc1().note()).isEqualTo("2 layers, 1 of them kept from before");
    assertThat(fleet.changes(sector)).extracting(StateChange::step).doesNotContain("scratch lost");
    assertThat(LostSector.filesIn(fleet.store(), sector.id())).isEqualTo(sector.files());
  }

  private StateChange pc1() {
    return fleet.changes(sector).stream()
        .filter(change -> change.step().equals("PC1"))
        .findFirst()
        .orElseThrow();
  }
}
