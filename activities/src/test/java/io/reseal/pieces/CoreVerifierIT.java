package io.reseal.pieces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.core.CoreFiles;
import io.reseal.core.StageProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The sealing core computes what pieces of a real miner commit to. */
@Timeout(60)
class CoreVerifierIT {

  @TempDir Path dir;

  private final CoreVerifier verifier =
      new CoreVerifier(
          new StageProgram(CoreFiles.anywhere(System.getenv()).stageProgram(), Map.of()));

  @Test
  void dataHasTheCommitmentOfItsCidRawAndPadded() throws Exception {
    for (TestPieces piece : TestPieces.values()) {
      assertThat(fault(piece, piece.data())).isEmpty();
      assertThat(fault(piece, piece.padded())).isEmpty();
    }
  }

  @Test
  void aChangedByteIsSeen() throws Exception {
    byte[] data = TestPieces.THREE.data();
    data[1015] ^= 1;

    assertThat(fault(TestPieces.THREE, data).orElseThrow())
        .startsWith("has other data, of CID baga6ea4seaq");
  }

  /** Seen to fail as an error that is tried again, so that such a download never ends. */
  @Test
  void whatCanBeNoPaddedDataIsWrongDataAndNoError() throws Exception {
    byte[] data = TestPieces.THREE.padded();
    data[63] |= (byte) 0x80;

    assertThat(fault(TestPieces.THREE, data).orElseThrow())
        .startsWith("has other data: ")
        .contains("the 32 bytes at 32");
  }

  @Test
  void aFileThatIsGoneIsAnErrorThatNamesIt() {
    assertThatThrownBy(
            () -> {
              try (PieceVerifier.Running running =
                  verifier.start(TestPieces.raw(dir.resolve("gone")), TestPieces.ONE.piece())) {
                running.fault();
              }
            })
        .isInstanceOf(IOException.class)
        .hasMessageContaining(dir.resolve("gone").toString());
  }

  private Optional<String> fault(TestPieces piece, byte[] data) throws Exception {
    Path file = Files.write(dir.resolve(piece.cid()), data);
    try (PieceVerifier.Running running =
        verifier.start(
            new PieceFile(file, 0, PieceForms.isPadded(piece.piece(), data.length)),
            piece.piece())) {
      return running.fault();
    }
  }
}
