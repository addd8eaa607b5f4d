package io.reseal.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.record.Fact;
import io.reseal.record.Findings;
import io.reseal.record.Sectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files made to the format of sealer-recover from what a real Lotus miner recorded. */
class SealerRecoverFileTest {

  private static final String SAMPLE = "sealer-recover/sectors-recovery-t01001.json";

  @TempDir private Path folder;

  @Test
  void readsTheTicketTheProofTypeAndTheCommROfEachSector() throws IOException {
    List<Findings> found = SealerRecoverFile.findings(Resources.copy(folder, SAMPLE));
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
    assertThat(SealerRecoverFile.findings(changed("\"Miner\"", "\"Extra\": 1, \"Miner\"")).get(0))
        .extracting(Findings::remarks)
        .asString()
        .contains("[Extra]");
  }

  /** Seen to catch a reader that takes the sectors before the faulty one. */
  @Test
  void refusesTheWholeFileForOneFault() throws IOException {
    assertRefused("\"SealProof\": 5", "\"SealProof\": 8", "sectors of 32GiB, but SectorSize is");
    assertRefused("\"SealProof\": 5", "\"SealProof\": 99", "There is no seal proof of number 99");
    assertRefused("\"SealProof\": 5", "\"SealProof\": \"5\"", "must be a whole number");
    assertRefused("\"Ticket\": \"0hMS", "\"Ticket\": \"0h", "SectorInfos[0].Ticket");
    assertRefused("\"t01001\"", "\"t1xyz\"", "Miner: 't1xyz' is not a miner");
    assertRefused("\"t01001\"", "1001", "Miner must be a text, not 1001.");
    assertRefused("\"SectorNumber\": 3", "\"SectorNumber\": 2", "holds sector f01001/2 twice");
    assertRefused("\"SectorNumber\": 3", "\"SectorNumber\": -3", "cannot be negative");
    assertRefused("\"SectorNumber\": 3", "\"X\": 3", "SectorInfos[1].SectorNumber is missing.");
    assertRefused("\"SectorInfos\"", "\"Infos\"", "SectorInfos is missing.");
    assertRefused("bagboea4b5abcapep", "baga6ea4seaqcapep", "is not the CID of CommR");
  }

  @Test
  void refusesAFileThatIsCutOff() throws IOException {
    Path file = folder.resolve("cut.json");
    String whole = Resources.text(SAMPLE);
    Files.writeString(file, whole.substring(0, whole.length() - 40));
    assertThatThrownBy(() -> SealerRecoverFile.findings(file)).hasMessageContaining("is cut off");
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
    assertThatThrownBy(() -> SealerRecoverFile.findings(file))
        .hasMessageContaining("is far too large");
  }

  private void assertRefused(String old, String replacement, String message) throws IOException {
    Path file = changed(old, replacement);
    assertThatThrownBy(() -> SealerRecoverFile.findings(file))
        .isInstanceOf(SectorStateException.class)
        .hasMessageContaining(message);
  }

  private Path changed(String old, String replacement) throws IOException {
    String json = Resources.text(SAMPLE);
    assertThat(json).contains(old);
    return Files.writeString(folder.resolve("changed.json"), json.replace(old, replacement));
  }
}
