package io.reseal.sector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** CommD as real miners put it on chain. */
class DataRootTest {

  private static final Piece FIRST =
      new Piece("baga6ea4seaqcztjgl4smyhfo6g2irlq2i2doe5p6ctpwhg2fsxv3lefmxzmn6ky", 512, 0);
  private static final Piece SECOND =
      new Piece("baga6ea4seaqbbvmkp5b5zyqyimtbuwmjs3ver55xayxtvi4ixtxyejxhgfqssmq", 1024, 1024);
  private static final Commitment COMM_D =
      Cid.ofUnsealed("baga6ea4seaqkkhvewexe2rmskwqfk6fcetkevo65vwb55shhtasbix3janriapi");
  private static final Commitment EMPTY =
      Cid.ofUnsealed("baga6ea4seaqpy7usqklokfx2vxuynmupslkeutzexe2uqurdg5vhtebhxqmpqmy");

  // Catches: gaps that are not filled, and pieces that are taken in the order of the list.
  @Test
  void piecesGiveTheCommDOfTheirSector() {
    assertThat(DataRoot.of(SectorSize.KIB_2, List.of(SECOND, FIRST))).isEqualTo(COMM_D);
    assertThat(DataRoot.of(SectorSize.KIB_2, List.of())).isEqualTo(EMPTY);
    assertThat(DataRoot.of(SectorSize.KIB_2, List.of(ZeroPieces.piece(2048, 0)))).isEqualTo(EMPTY);
    assertThat(DataRoot.fits(SectorSize.MIB_8, List.of(FIRST, SECOND), COMM_D)).isFalse();
  }

  @Test
  void piecesThatDoNotFitHaveNone() {
    assertThatThrownBy(() -> DataRoot.of(SectorSize.KIB_2, List.of(ZeroPieces.piece(2048, 2048))))
        .hasMessageContaining("beyond the sector's 2048");
    assertThat(DataRoot.fits(SectorSize.KIB_2, List.of(ZeroPieces.piece(2048, 2048)), EMPTY))
        .isFalse();
  }

  @Test
  void zerosAreKnownByTheirCommDInEachSize() {
    for (SectorSize size : SectorSize.values()) {
      assertThat(DataRoot.isOfZeros(ZeroPieces.commitment(size.bytes()))).isTrue();
    }
    assertThat(DataRoot.isOfZeros(COMM_D)).isFalse();
    assertThat(DataRoot.isOfZeros(ZeroPieces.commitment(1024))).isFalse();
  }
}
