package io.reseal.sector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The value types of a sector: how people write them, and known answers of a real network. */
class SectorValuesTest {

  @ParameterizedTest
  @ValueSource(strings = {"1001", "f01001", "t01001"})
  void takesAMinerInEachSpelling(String text) {
    assertThat(SectorId.parse(text, "123")).isEqualTo(new SectorId(1001, 123));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "x", "f1001", "f0", "-1", "01001", "f001001", "1 001", "99999999999999999999"})
  void refusesWhatIsNoMiner(String text) {
    assertThatThrownBy(() -> SectorId.parseMiner(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'%s' is not a miner".formatted(text));
  }

  @Test
  void saysHowToFindTheMinerOfARobustAddress() {
    String address = "f2yi2yzbylfzrgc3yvaa36ghgthhw74eokn6xzu6a";
    assertThatThrownBy(() -> SectorId.parseMiner(address))
        .hasMessageContaining("as `lotus state lookup %s` prints it".formatted(address));
  }

  /** Catches: a piece CID of version 2 refused, or taken although it is of another size. */
  @ParameterizedTest
  @CsvSource({
    "bafkzcibcaaccztjgl4smyhfo6g2irlq2i2doe5p6ctpwhg2fsxv3lefmxzmn6ky, 512, 0",
    "bafkzcibcauccztjgl4smyhfo6g2irlq2i2doe5p6ctpwhg2fsxv3lefmxzmn6ky, 512, 5",
    "bafkzcibcp4ccztjgl4smyhfo6g2irlq2i2doe5p6ctpwhg2fsxv3lefmxzmn6ky, 512, 127",
    "bafkzcibdvqbailgnezpsjta4v3y3jcfodjdinytv7ykn6y43iwk6xnmqvs7frxzl, 512, 300",
    "bafkzcibcaacsztjgl4smyhfo6g2irlq2i2doe5p6ctpwhg2fsxv3lefmxzmn6ky, 1024, 0",
    "bafkzcibgqcaibacadywm2js7etgbzlxrwsek4gsgq3rhl7qu35rzwrmv5o2zblf6ldpsw, 34359738368,"
        + " 17179869184"
  })
  void takesThePieceCidOfVersion1OutOfOneOfVersion2(String cid, long size, long padding) {
    String version1 = "baga6ea4seaqcztjgl4smyhfo6g2irlq2i2doe5p6ctpwhg2fsxv3lefmxzmn6ky";
    assertThat(PieceCidV2.find(cid).orElseThrow())
        .isEqualTo(new PieceCidV2(Cid.ofUnsealed(version1), size, padding));
    Piece piece = new Piece(cid, size, 0);
    assertThat(piece).isEqualTo(new Piece(version1, size, 0));
    if (padding == 0) {
      assertThat(PieceCidV2.ofFull(piece)).isEqualTo(cid);
    }
    assertThatThrownBy(() -> new Piece(cid, 2 * size, 0))
        .hasMessageContaining("has %d bytes by its CID".formatted(size));
    for (String damaged : List.of(cid.substring(0, 60), cid + "a", cid.replace("bafk", "bafy"))) {
      assertThat(PieceCidV2.find(damaged)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "-1", "1.5", "007", "0x7b", "99999999999999999999"})
  void refusesWhatIsNoSectorNumber(String text) {
    assertThatThrownBy(() -> SectorId.parseNumber(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'%s' is not a sector number".formatted(text));
  }

  @Test
  void namesFilesAsEveryStoreDoes() {
    assertThat(new SectorId(1001, 123).fileName()).isEqualTo("s-t01001-123");
    assertThat(new SectorId(1001, 123)).hasToString("f01001/123");
  }

  @ParameterizedTest
  @EnumSource(SealProof.class)
  void findsEachProofByNumberAndName(SealProof proof) {
    assertThat(SealProof.ofNumber(proof.number())).isEqualTo(proof);
    assertThat(SealProof.ofName(proof.registeredName())).isEqualTo(proof);
  }

  @ParameterizedTest
  @CsvSource({
    "0, StackedDrg2KiBV1",
    "8, StackedDrg32GiBV1_1",
    "14, StackedDrg64GiBV1_1_Feat_SyntheticPoRep",
    "15, StackedDrg2KiBV1_2_Feat_NonInteractivePoRep"
  })
  void namesProofsAsTheSealingLibrary(int number, String name) {
    assertThat(SealProof.ofNumber(number)).hasToString(name);
  }

  /** CommD of an empty 2 KiB sector and a filler of 512 bytes, as a real miner had them. */
  @ParameterizedTest
  @CsvSource({
    "2048, baga6ea4seaqpy7usqklokfx2vxuynmupslkeutzexe2uqurdg5vhtebhxqmpqmy",
    "512, baga6ea4seaqfpirydiugkk7up5v666wkm6n6jlw6lby2wxht5mwaqekerdfykjq"
  })
  void knowsTheCommitmentsOfZeros(long size, String cid) {
    assertThat(Cid.unsealed(ZeroPieces.commitment(size))).isEqualTo(cid);
    assertThat(new Piece(cid, size, 0).isZero()).isTrue();
  }

  /** CommR of a real sector: CID and bytes of the same commitment. */
  @Test
  void readsTheCidOfARealCommR() {
    assertThat(
            Cid.ofSealed("bagboea4b5abcapepwftnew6ksyjdkqcdmijcvpown4sydsy3t5d5rimimpsich2r").hex())
        .isEqualTo("3c8fb166d25bca961235404362122abdd66f2581cb1b9f47d8a18863e4811f51");
  }

  @Test
  void readsBackEveryCidItWrites() {
    Random random = new Random(7);
    for (int i = 0; i < 1000; i++) {
      byte[] bytes = new byte[32];
      random.nextBytes(bytes);
      Commitment commitment = Commitment.of(bytes);
      assertThat(Cid.ofSealed(Cid.sealed(commitment))).isEqualTo(commitment);
      assertThat(Cid.ofUnsealed(Cid.unsealed(commitment))).isEqualTo(commitment);
    }
  }

  /** Catches a CommR given where a piece is meant, a flipped character, a cut-off CID. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "b",
        "hello",
        "bagboea4b5abcapepwftnew6ksyjdkqcdmijcvpown4sydsy3t5d5rimimpsich2r",
        "baga6ea4seaqpy7usqklokfx2vxuynmupslkeutzexe2uqurdg5vhtebhxqmpqm",
        "baga6ea4seaqpy7usqklokfx2vxuynmupslkeutzexe2uqurdg5vhtebhxqmpqmya",
        "baga6ea4seaqpy7usqklokfx2vxuynmupslkeutzexe2uqurdg5vhtebhxqmp0my",
        "bafy2bzacecqnjzyi3frv2m63tabrsczx7wjbagvemmflohibowgz3ptucbyu4"
      })
  void refusesWhatIsNoPieceCid(String text) {
    assertThatThrownBy(() -> Cid.ofUnsealed(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'%s' is not the CID of a piece".formatted(text));
  }

  @Test
  void refusesATicketOf31Bytes() {
    assertThatThrownBy(() -> new Randomness("ab".repeat(31), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("A ticket or seed has 32 bytes (64 hex digits), not 31 bytes.");
  }

  @Test
  void fillsGapsWithTheLargestAlignedFillers() {
    Piece small = piece(1, 256, 0);
    Piece large = piece(2, 1024, 1024);
    assertThat(PieceLayout.complete(SectorSize.KIB_2, List.of(large, small)))
        .containsExactly(small, ZeroPieces.piece(256, 256), ZeroPieces.piece(512, 512), large);
  }

  /** Catches a layout that leaves a hole, overlaps, or misaligns: each covers the whole sector. */
  @Test
  void coversTheWholeSectorWhateverThePieces() {
    Random random = new Random(11);
    for (int round = 0; round < 500; round++) {
      List<Piece> known = randomPieces(random);
      List<Piece> complete = PieceLayout.complete(SectorSize.KIB_2, known);
      long end = 0;
      for (Piece piece : complete) {
        assertThat(piece.offset()).isEqualTo(end);
        end += piece.size();
      }
      assertThat(end).isEqualTo(known.isEmpty() ? 0 : 2048);
      assertThat(complete).containsAll(known);
    }
  }

  @Test
  void refusesPiecesThatOverlapOrStickOut() {
    assertThatThrownBy(
            () ->
                PieceLayout.complete(
                    SectorSize.KIB_2, List.of(piece(1, 1024, 0), piece(2, 512, 512))))
        .hasMessageContaining("overlaps the one before it, which ends at 1024");
    assertThatThrownBy(() -> PieceLayout.complete(SectorSize.KIB_2, List.of(piece(1, 2048, 2048))))
        .hasMessageContaining("end at 4096 bytes, beyond the sector's 2048");
  }

  @Test
  void refusesAPieceOfOddSizeOrPlace() {
    assertThatThrownBy(() -> piece(1, 1000, 0)).hasMessageContaining("power of two from 128");
    assertThatThrownBy(() -> piece(1, 512, 256)).hasMessageContaining("multiple of the size");
  }

  private static List<Piece> randomPieces(Random random) {
    List<Piece> pieces = new java.util.ArrayList<>();
    long at = 0;
    while (at < 2048) {
      long size = 128L << random.nextInt(4);
      if (at % size == 0 && at + size <= 2048 && random.nextBoolean()) {
        pieces.add(piece(random.nextInt(), size, at));
        at += size;
      } else {
        at += 128;
      }
    }
    return pieces;
  }

  private static Piece piece(int seed, long size, long offset) {
    byte[] bytes = new byte[32];
    new Random(seed).nextBytes(bytes);
    return new Piece(Cid.unsealed(Commitment.of(bytes)), size, offset);
  }

  /** Seen to fail when a name with leading zeros was a sector's: its files have another one. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "s-t01001-5.tmp",
        "s-f01001-5",
        "s-t01001-05",
        "s-t001001-5",
        "s-t01001",
        "x",
        "",
        "s-t01001-99999999999999999999"
      })
  void takesNoOtherNameForThatOfASectorsFiles(String name) {
    assertThat(SectorId.ofFileName(name)).isEmpty();
  }

  @Test
  void findsTheSectorOfAFilesName() {
    for (SectorId sector : List.of(new SectorId(1001, 5), new SectorId(0, 0))) {
      assertThat(SectorId.ofFileName(sector.fileName())).contains(sector);
    }
  }

  /** Catches: the halves exchanged, and a longer file cut to its beginning. */
  @Test
  void aPAuxIsTheRootOfTreeCAndThenThatOfTreeR() {
    PAux pAux = new PAux(new Commitment("0c".repeat(32)), new Commitment("0d".repeat(32)));
    byte[] content = pAux.bytes();
    assertThat(content).startsWith(0x0c, 0x0c).endsWith(0x0d, 0x0d).hasSize(64);
    assertThat(PAux.of(content)).isEqualTo(pAux);
    assertThatThrownBy(() -> PAux.of(new byte[65]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("65 bytes instead of 64");
  }
}
