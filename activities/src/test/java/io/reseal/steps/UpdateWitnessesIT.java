package io.reseal.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.reseal.contract.SectorFacts;
import io.reseal.contract.SectorFactsBuilder;
import io.reseal.contract.SnapFacts;
import io.reseal.core.CoreFiles;
import io.reseal.core.NativeCore;
import io.reseal.files.Replica;
import io.reseal.files.SectorFiles;
import io.reseal.files.Store;
import io.reseal.files.Stores;
import io.reseal.sector.Commitment;
import io.reseal.sector.PAux;
import io.reseal.sector.SectorId;
import io.reseal.steps.Finding.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What old copies of an update tell when its CommR is another one. */
class UpdateWitnessesIT {

  private static final SectorId SECTOR = new SectorId(1001, 123);

  private final NativeCore core = NativeCore.load(CoreFiles.anywhere(System.getenv()));
  private final Random random = new Random();
  private final byte[] keyCommC = commitment();
  private final byte[] theirCommRLast = commitment();

  @TempDir private Path dir;

  private Path keyPAux;
  private Path storedPAux;

  @BeforeEach
  void makeStore() throws IOException {
    keyPAux = dir.resolve("p_aux");
    Files.write(keyPAux, pAux(keyCommC, commitment()));
    storedPAux = new SectorFiles(dir.resolve("store"), SECTOR).pAux(Replica.UPDATE);
    Files.createDirectories(storedPAux.getParent());
  }

  private byte[] commitment() {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    bytes[31] &= 0x3f;
    return bytes;
  }

  private static byte[] pAux(byte[] commC, byte[] commRLast) {
    byte[] content = Arrays.copyOf(commC, 64);
    System.arraycopy(commRLast, 0, content, 32, 32);
    return content;
  }

  private List<Finding> findings(byte[] expectedCommC) throws Exception {
    Commitment commR = core.commR(PAux.of(pAux(expectedCommC, theirCommRLast))).orElseThrow();
    Commitment any = Commitment.of(commitment());
    SectorFacts facts =
        SectorFactsBuilder.of(SECTOR, any).snap(new SnapFacts(any, commR, List.of())).build();
    Stores stores = new Stores(List.of(new Store("a", dir.resolve("store"), true)));
    return new UpdateWitnesses(stores, core).findings(facts, keyPAux);
  }

  private void assertKnown(List<Finding> findings, Verdict verdict, String words) {
    assertThat(findings)
        .filteredOn(finding -> finding.about().equals("known"))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.verdict()).isEqualTo(verdict);
              assertThat(finding.text()).contains("store \"a\"", words);
            });
  }

  @Test
  void withoutAnotherCopyOnlyThePiecesAreLeft() throws Exception {
    assertThat(findings(keyCommC))
        .extracting(Finding::about, Finding::verdict)
        .containsExactly(tuple("pieces", Verdict.UNKNOWN));
  }

  @Test
  void anUpdateOfOurKeySaysThatThePiecesAreWrong() throws Exception {
    Files.write(storedPAux, pAux(keyCommC, theirCommRLast));
    assertKnown(findings(keyCommC), Verdict.WRONG, "the key is right");
  }

  // Seen to fail: with comm_c not compared.
  @Test
  void anUpdateOfAnotherKeySaysThatTheKeyIsWrong() throws Exception {
    byte[] otherCommC = commitment();
    Files.write(storedPAux, pAux(otherCommC, theirCommRLast));
    assertKnown(findings(otherCommC), Verdict.WRONG, "made of another key");
  }

  // Meant to fail: with a p_aux that is believed without its CommR.
  @Test
  void aTornOrForeignCopyTellsNothing() throws Exception {
    for (byte[] content :
        List.of(new byte[0], new byte[63], pAux(keyCommC, commitment()), ones())) {
      Files.write(storedPAux, content);
      assertKnown(findings(keyCommC), Verdict.UNKNOWN, "does not give the expected CommR");
    }
  }

  private static byte[] ones() {
    byte[] ones = new byte[64];
    Arrays.fill(ones, (byte) 0xff);
    return ones;
  }
}
