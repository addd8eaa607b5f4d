package io.reseal.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.contract.RunRecord;
import io.reseal.sector.Piece;
import io.reseal.sector.SealProof;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Wrong inputs and hosts that cannot: the rebuild parks, says why, and has touched nothing. */
@ExtendWith(FleetExtension.class)
@Timeout(120)
class WrongInputsIT {

  private final Fleet fleet;

  WrongInputsIT(Fleet fleet) {
    this.fleet = fleet;
  }

  @Test
  void pieceWithOneFlippedBitParksNamingItAndFinishesWhenMended() throws Exception {
    Piece piece = fleet.sealer().piece(1024, 0);
    LostSector sector = fleet.lose(SealProof.KIB_2_V1_1, piece);
    Path file = fleet.pieces().resolve(piece.cid());
    byte[] right = Files.readAllBytes(file);
    byte[] wrong = right.clone();
    wrong[500] ^= 0x10;
    Files.write(file, wrong);
    fleet.ask(sector);
    RunRecord run = fleet.awaitParked(sector);
    assertThat(run.attention())
        .startsWith("Sector.PieceMismatch: ")
        .contains(piece.cid(), file.toString());
    assertThat(LostSector.filesIn(fleet.store(), sector.id())).isEmpty();
    Files.write(file, right);
    assertThat(fleet.sectors("resume", sector).status()).isZero();
    Fleet.Answer answer = fleet.sectors("rebuild", sector, "--wait");
    assertThat(answer.status()).as(answer.toString()).isZero();
    assertThat(LostSector.filesIn(fleet.store(), sector.id())).isEqualTo(sector.files());
  }
}
