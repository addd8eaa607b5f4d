package io.reseal.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.sector.Piece;
import io.reseal.sector.Randomness;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class SectorRecordTest {

  private static final SectorId ID = new SectorId(1001, 123);
  private static final Randomness TICKET = new Randomness("ab".repeat(32), 7);
  private static final String COMM_R = Sectors.empty().commR();
  private static final String COMM_D = Sectors.empty().commD();

  @Test
  void takesRealSectors() {
    assertThat(Sectors.empty().pieces()).isEmpty();
    assertThat(Sectors.withPieces().pieces()).hasSize(3);
  }

  /** Seen to catch a check that stops at the first fault. */
  @Test
  void namesAllFaultsTogether() {
    List<Piece> pieces =
        List.of(new Piece(Sectors.PIECE_2, 1024, 0), new Piece(Sectors.PIECE_1, 512, 512));
    assertThatThrownBy(
            () ->
                new SectorRecord(
                    ID,
                    SealProof.KIB_2_V1,
                    null,
                    null,
                    null,
                    false,
                    COMM_R,
                    COMM_D,
                    pieces,
                    "t",
                    null,
                    null,
                    null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "The record of sector f01001/123 cannot be right."
                + " The ticket is missing."
                + " '%s' is not the CID of CommR (bagboea4b5abc…).".formatted(COMM_D)
                + " '%s' is not the CID of a piece or of CommD (baga6ea4seaq…).".formatted(COMM_R)
                + " Piece %s at offset 512 overlaps the one before it, which ends at 1024."
                    .formatted(Sectors.PIECE_1));
  }

  @Test
  void saysAllThatIsMissing() {
    assertThatThrownBy(() -> SectorRecord.of(null, Facts.NONE, null))
        .hasMessage(
            "The record of sector null cannot be right. The sector is missing. The seal proof is"
                + " missing. The ticket is missing. The CommR is missing. The source is missing.");
  }

  @Test
  void refusesPiecesBeyondTheSector() {
    List<Piece> pieces =
        List.of(new Piece(Sectors.PIECE_2, 1024, 0), new Piece(Sectors.PIECE_2, 2048, 2048));
    assertThatThrownBy(() -> Sectors.withPieces(Sectors.empty(), pieces))
        .hasMessageEndingWith("The pieces end at 4096 bytes, beyond the sector's 2048.");
  }

  /** Seen to catch a record whose pieces were lost on the way: it would be sealed from zeros. */
  @Test
  void refusesACommDOfDataWhereThereAreNoPieces() {
    assertThatThrownBy(
            () ->
                RecordBuilder.of(ID, SealProof.KIB_2_V1, TICKET, COMM_R)
                    .with(Fact.COMM_D, Sectors.withPieces().commD())
                    .build())
        .hasMessageEndingWith(
            "It has no pieces, but its CommD %s is not that of an empty sector of 2KiB.",
            Sectors.withPieces().commD());
  }

  @Test
  void keepsCidsInTheOneFormTheyAreComparedIn() {
    SectorRecord sector =
        RecordBuilder.of(ID, SealProof.KIB_2_V1, TICKET, COMM_R + "\n")
            .with(Fact.COMM_D, " " + COMM_D.toUpperCase(Locale.ROOT))
            .build();
    assertThat(sector.commD()).isEqualTo(COMM_D);
    assertThat(sector.commR()).isEqualTo(COMM_R);
  }
}
