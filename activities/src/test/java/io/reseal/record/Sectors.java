package io.reseal.record;

import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.Piece;
import io.reseal.sector.Randomness;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import io.reseal.sector.ZeroPieces;
import java.util.List;

/** Sector records for tests: two real ones and variations. */
public final class Sectors {

  /** A piece of 512 bytes, {@code reseal piece 1} of a real sector. */
  public static final String PIECE_1 =
      "baga6ea4seaqcztjgl4smyhfo6g2irlq2i2doe5p6ctpwhg2fsxv3lefmxzmn6ky";

  /** A piece of 1024 bytes of the same sector. */
  public static final String PIECE_2 =
      "baga6ea4seaqbbvmkp5b5zyqyimtbuwmjs3ver55xayxtvi4ixtxyejxhgfqssmq";

  /** A piece of 1024 bytes, {@code reseal piece 3}, of a real snapped sector. */
  public static final String PIECE_3 =
      "baga6ea4seaqmyjrrohismy3jv527yezncbi5q635mjxrqksq5jzrcoibqatycay";

  /** A piece of 512 bytes of the same. */
  public static final String PIECE_4 =
      "baga6ea4seaqgg6qgjhbjlc7rlgljptjmaoe6obo75drtpdo2gd2vppsx7zuyiei";

  private Sectors() {}

  /** Sector 2 of miner t01000, sealed empty by a Lotus miner. */
  public static SectorRecord empty() {
    return RecordBuilder.of(
            new SectorId(1000, 2),
            SealProof.KIB_2_V1_1,
            new Randomness(
                "9122ca77c66bc058bc0bf072702b445e7c64910978a59474c80a14bca9d9ce2c", -892),
            "bagboea4b5abcar75leghp2z7de6zvywr7za273ayn6phrxb3cbmyiy5zjhsnp4kh")
        .seed(
            new Randomness("14c0dd4bfe84f5b6bdfeaa3a5511fd9ebf949e361194b01ca14cc0884c808a04", 20))
        .with(Fact.COMM_D, "baga6ea4seaqpy7usqklokfx2vxuynmupslkeutzexe2uqurdg5vhtebhxqmpqmy")
        .build();
  }

  /** Sector 3 of miner t01001, sealed by a Lotus miner from two pieces and a filler. */
  public static SectorRecord withPieces() {
    return RecordBuilder.of(
            new SectorId(1001, 3),
            SealProof.KIB_2_V1_1,
            new Randomness(
                "399684d541a82fa774b306d0b90d74e3ac392240f662af53efa1a082e7955c42", -872),
            "bagboea4b5abcapepwftnew6ksyjdkqcdmijcvpown4sydsy3t5d5rimimpsich2r")
        .seed(
            new Randomness("46a7895d3bbe940a1405910fdaf161a26be440106a416daa75669ba47dbb2b8d", 39))
        .with(Fact.COMM_D, "baga6ea4seaqkkhvewexe2rmskwqfk6fcetkevo65vwb55shhtasbix3janriapi")
        .with(
            Fact.PIECES,
            List.of(
                new Piece(PIECE_1, 512, 0),
                ZeroPieces.piece(512, 512),
                new Piece(PIECE_2, 1024, 1024)))
        .build();
  }

  /** Sector 2 of miner t01001, sealed empty and then snapped to hold two pieces and a filler. */
  public static SectorRecord snapped() {
    return RecordBuilder.of(
            new SectorId(1001, 2),
            SealProof.KIB_2_V1_1,
            new Randomness(
                "d21312d80dbe0d537d2099d8da8de374b3d7329e0a6f3e28f047adb11cd0773f", -879),
            "bagboea4b5abca2gckwohclnsgivhpboozj3q3n4nr7btqmxrrebuy7yafrzk3xlj")
        .seed(
            new Randomness("5f56f69f7db68a358f46955da69616eaa2bae5e81cdb9083e0a8414962d826bc", 38))
        .with(Fact.COMM_D, "baga6ea4seaqpy7usqklokfx2vxuynmupslkeutzexe2uqurdg5vhtebhxqmpqmy")
        .snap(
            new Snap(
                "baga6ea4seaqd33wytb6rmijkyjumbp2464q5xieph6j4q27dlahjswz3famtyji",
                "bagboea4b5abcbon65naqf3up32mkhjv4pzpw5qm7cclrfotqs3zxtvdw67wgpiz2",
                List.of(
                    new Piece(PIECE_3, 1024, 0),
                    new Piece(PIECE_4, 512, 1024),
                    ZeroPieces.piece(512, 1536))))
        .with(Fact.STANDING, new Standing(58L, 1_549_461L, 1, 0, false, 1200))
        .build();
  }

  /** An empty sector of any identity, everything optional left out. */
  public static SectorRecord bare(long miner, long number) {
    return RecordBuilder.of(
            new SectorId(miner, number),
            SealProof.KIB_2_V1,
            new Randomness("00".repeat(32), 0),
            Cid.sealed(new Commitment("11".repeat(32))))
        .build();
  }

  /** The record with another system's text. */
  public static SectorRecord withRecordJson(SectorRecord sector, String recordJson) {
    return RecordBuilder.of(sector).with(Fact.RECORD_JSON, recordJson).build();
  }

  /** The record without its ticket's epoch. */
  public static SectorRecord withoutTicketEpoch(SectorRecord sector) {
    return RecordBuilder.of(sector).without(Fact.TICKET_EPOCH).build();
  }

  /** The record with other pieces and no CommD. */
  public static SectorRecord withPieces(SectorRecord sector, List<Piece> pieces) {
    return RecordBuilder.of(sector).without(Fact.COMM_D).with(Fact.PIECES, pieces).build();
  }
}
