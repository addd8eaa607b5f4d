package io.reseal.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.contract.FailureType;
import io.reseal.contract.HasFailureType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptDigestsTest {

  @TempDir Path dir;

  private SectorFiles files;

  @BeforeEach
  void writeSector() throws IOException {
    files = TestSector.write(dir, 1, TestSector.SNAPPED);
  }

  // Catches: digests of another replica, or a part of them, taken for this one's.
  @Test
  void onlyACompleteRecordOfThisReplicaCounts() throws IOException {
    assertThat(recorded(Replica.SEALED)).isPresent();
    assertThat(KeptDigests.find(files, Replica.SEALED, TestSector.PROOF, TestSector.commitment(8)))
        .isEmpty();
    Path record = files.cacheDir().resolve(KeptDigests.FILE);
    String content = Files.readString(record);
    for (String damaged :
        new String[] {"", "null", "{}", content.substring(1), content.replace("t_aux", "t_auy")}) {
      Files.writeString(record, damaged);
      assertThat(recorded(Replica.SEALED)).as(damaged).isEmpty();
    }
    Files.delete(record);
    assertThat(recorded(Replica.SEALED)).isEmpty();
  }

  // Catches: a changed file that is not noticed, or blamed on the other replica.
  @Test
  void namesTheReplicaThatIsDamaged() throws IOException {
    KeptDigests sealed = recorded(Replica.SEALED).orElseThrow();
    KeptDigests update = recorded(Replica.UPDATE).orElseThrow();
    Files.write(files.sealed(), new byte[2048]);
    Files.write(files.pAux(Replica.UPDATE), new byte[64]);

    sealed.checkDirectory();
    assertThatThrownBy(sealed::checkData)
        .extracting(failure -> ((HasFailureType) failure).failureType())
        .isEqualTo(FailureType.SCRATCH_SEALED_DAMAGED);
    update.checkData();
    assertThatThrownBy(update::checkDirectory)
        .extracting(failure -> ((HasFailureType) failure).failureType())
        .isEqualTo(FailureType.SCRATCH_UPDATE_DAMAGED);
  }

  // Catches: a stored file that is missing or differs and is not listed.
  @Test
  void listsWhatDiffersInACopy() throws IOException {
    SectorFiles copy = TestSector.write(dir.resolve("copy"), 1, TestSector.SNAPPED);
    KeptDigests sealed = recorded(Replica.SEALED).orElseThrow();
    assertThat(sealed.differing(copy, TestSector.PROOF)).isEmpty();
    Files.delete(copy.pAux());
    Files.write(copy.sealed(), new byte[2048]);
    assertThat(sealed.differing(copy, TestSector.PROOF))
        .containsExactly(copy.sealed(), copy.pAux());
  }

  private Optional<KeptDigests> recorded(Replica replica) throws IOException {
    return KeptDigests.find(files, replica, TestSector.PROOF, TestSector.COMM_R);
  }
}
