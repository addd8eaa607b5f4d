package io.reseal.exchange;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.record.Fact;
import io.reseal.record.Findings;
import io.reseal.record.Reading;
import io.reseal.record.Sectors;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files made to the format of sealer-recover from what a real Lotus miner recorded. */
class SealerRecoverFileTest {

  private static final String SAMPLE = "sealer-recover/sectors-recovery-t01001.json";

  @TempDir private Path folder;

  @Test
  void readsTheTicketTheProofTypeAndTheCommROfEachSector() throws IOException {
    List<Findings> found = Readings.whole(read(Resources.copy(folder, SAMPLE)));
    assertThat(found)
        .extracting(Findings::id)
        .containsExactly(Sectors.snapped().id(), Sectors.withPieces().id());
    Findings one = found.get(1);
    assertThat(one.facts().orNull(Fact.TICKET)).isEqualTo(Sectors.withPieces().ticket().value());
    assertThat(one.facts().orNull(Fact.PROOF_TYPE)).isEqualTo(Sectors.withPieces().proof());
    assertThat(one.facts().orNull(Fact.COMM_R)).isEqualTo(Sectors.withPieces().commR());
    assertThat(one.source()).startsWith("sealer-recover ").endsWith("sectors-recovery-t01001.json");
    assertThat(one.facts().orNull(Fact.PIECES)).isNull();
    assertThat(one.facts().orNull(Fact.SNAPPED)).isNull();
    assertThat(one.facts().orNull(Fact.TICKET_EPOCH)).isNull();
  }

  @Test
  void passesOverWhatItDoesNotKnowWithARemark() throws IOException {
    assertThat(Readings.whole(read(changed("\"Miner\"", "\"Extra\": 1, \"Miner\""))).get(0))
        .extracting(Findings::remarks)
        .asString()
        .contains("[Extra]");
  }

  @Test
  void refusesAFileWhoseHeadIsFaulty() throws IOException {
    assertRefused("\"t01001\"", "\"t1xyz\"", "Miner: 't1xyz' is not a miner");
    assertRefused("\"t01001\"", "1001", "Miner must be a text, not 1001.");
    assertRefused("\"SectorInfos\"", "\"Infos\"", "SectorInfos is missing.");
  }

  /** Catches: a faulty entry that keeps the other sectors of its file from being imported. */
  @Test
  void leavesOutAFaultyEntryAndNamesItsPlace() throws IOException {
    String second = "changed.json, SectorInfos[1] (sector f01001/3), was left out. ";
    assertLeftOut("5,", "8,", "SealProof is that of sectors of 32GiB, but SectorSize is");
    assertLeftOut("5,", "99,", second + "SealProof: There is no seal proof of number 99");
    assertLeftOut("5,", "\"5\",", second + "SealProof must be a whole number");
    assertLeftOut("\"OZaE", "\"OZa", second + "Ticket must be 32 bytes in base64");
    assertLeftOut("er\": 3", "er\": -3", "SectorInfos[1], was left out. SectorNumber: ");
    assertLeftOut("SectorNumber\": 3", "X\": 3", "[1], was left out. SectorNumber is missing.");
    assertLeftOut("bagboea4b5abcapep", "baga6ea4seaqcapep", second + "SealedCID: ");
  }

  /** Catches: one of two different entries of a sector chosen as if it were known to be right. */
  @Test
  void leavesOutASectorThatIsThereTwiceWithDifferentFacts() throws IOException {
    Reading reading = read(changed("\"SectorNumber\": 3", "\"SectorNumber\": 2"));
    assertThat(Readings.nothing(reading))
        .singleElement()
        .asString()
        .contains("holds sector f01001/2 more than once, with different facts");
  }

  @Test
  void refusesAFileThatIsCutOff() throws IOException {
    Path file = folder.resolve("cut.json");
    String whole = Resources.text(SAMPLE);
    Files.writeString(file, whole.substring(0, whole.length() - 40));
    assertThatThrownBy(() -> read(file)).hasMessageContaining("is cut off");
  }

  /** Seen to catch a file read whole before its size is looked at. */
  @Test
  void refusesAFileThatIsFarTooLarge() throws IOException {
    Path file = folder.resolve("large.json");
    try (var channel =
        java.nio.channels.FileChannel.open(
            file,
            java.nio.file.StandardOpenOption.CREATE,
            java.nio.file.StandardOpenOption.WRITE)) {
      channel.write(java.nio.ByteBuffer.wrap(new byte[1]), 700L << 20);
    }
    assertThatThrownBy(() -> read(file)).hasMessageContaining("too many for such a file");
  }

  /** Catches: a file whose miner was typed as f2…, which could only be edited by hand. */
  @Test
  void takesTheMinerOfARobustAddressFromTheOperator() throws IOException {
    String address = "f2yi2yzbylfzrgc3yvaa36ghgthhw74eokn6xzu6a";
    Path file = changed("t01001", address);
    assertThat(Readings.whole(SealerRecoverFile.read(file, Optional.of(1001L))))
        .extracting(Findings::id)
        .containsExactly(Sectors.snapped().id(), Sectors.withPieces().id());
    assertThatThrownBy(() -> read(file))
        .hasMessageContaining("as `lotus state lookup %s` prints it".formatted(address))
        .hasMessageContaining("can be given by --miner");
    Path other = changed("t01001", "t01002");
    assertThatThrownBy(() -> SealerRecoverFile.read(other, Optional.of(1001L)))
        .hasMessageContaining("Miner is f01002, not f01001 as given.");
  }

  /** Catches: a byte order mark, or UTF-16 as Windows' shells write it, taken for damage. */
  @Test
  void readsOtherEncodingsOfText() throws IOException {
    String json = Resources.text(SAMPLE);
    Path file = folder.resolve("encoded.json");
    for (Charset charset : List.of(UTF_8, UTF_16LE, UTF_16BE)) {
      Files.write(file, ("\ufeff" + json).getBytes(charset));
      assertThat(Readings.whole(read(file))).hasSize(2);
    }
  }

  private static Reading read(Path file) {
    return SealerRecoverFile.read(file, Optional.empty());
  }

  private void assertLeftOut(String old, String replacement, String message) throws IOException {
    String json = Resources.text(SAMPLE);
    int second = json.indexOf("}", json.indexOf("SectorNumber"));
    String changed = json.substring(0, second) + json.substring(second).replace(old, replacement);
    Path file = Files.writeString(folder.resolve("changed.json"), changed);
    Reading reading = read(file);
    assertThat(reading.findings()).extracting(Findings::id).containsExactly(Sectors.snapped().id());
    assertThat(reading.leftOut()).singleElement().asString().contains(message);
  }

  private void assertRefused(String old, String replacement, String message) throws IOException {
    Path file = changed(old, replacement);
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(SectorStateException.class)
        .hasMessageContaining(message);
  }

  private Path changed(String old, String replacement) throws IOException {
    String json = Resources.text(SAMPLE);
    assertThat(json).contains(old);
    return Files.writeString(folder.resolve("changed.json"), json.replace(old, replacement));
  }
}
