package io.reseal.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.sector.SealProof;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A lost sector comes back as it was, on real parts. */
@ExtendWith(FleetExtension.class)
@Timeout(120)
class RebuildIT {

  private static final String[] STATES = {
    "Empty",
    "Allocated",
    "Allocated",
    "PieceAdded",
    "TreeDBuilt",
    "PC1Done",
    "PC2Done",
    "SealedChecked",
    "SnapDone",
    "Persisted",
    "Finished"
  };

  private final Fleet fleet;

  RebuildIT(Fleet fleet) {
    this.fleet = fleet;
  }

  @ParameterizedTest
  @EnumSource(names = {"KIB_2_V1", "KIB_2_V1_1"})
  void sectorWithPiecesAndAGapComesBackByteForByte(SealProof proof) throws Exception {
    LostSector sector =
        fleet.lose(proof, fleet.sealer().piece(256, 0), fleet.sealer().piece(1024, 1024));
    Fleet.Answer answer = fleet.sectors("rebuild", sector, "--wait");
    assertThat(answer.status()).as(answer.toString()).isZero();
    assertThat(LostSector.filesIn(fleet.store(), sector.id())).isEqualTo(sector.files());
    assertThat(fleet.changes(sector)).extracting(c -> c.state().toString()).containsExactly(STATES);
    assertThat(fleet.scratchFiles(sector)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"KIB_2_V1", "KIB_2_V1_1"})
  void emptySectorComesBackByteForByte(SealProof proof) throws Exception {
    LostSector sector = fleet.lose(proof);
    Fleet.Answer answer = fleet.sectors("rebuild", sector, "--wait");
    assertThat(answer.status()).as(answer.toString()).isZero();
    assertThat(LostSector.filesIn(fleet.store(), sector.id())).isEqualTo(sector.files());
  }
}
