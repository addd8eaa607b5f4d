package io.reseal.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.config.WorkerConfig;
import io.reseal.core.CoreException;
import io.reseal.core.CoreFiles;
import io.reseal.core.Gpu;
import io.reseal.files.LockFile;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The self-test with the real core, behind made-up GPUs that compute on the CPU, rightly or not.
 */
@Timeout(120)
class GpuSelfTestIT {

  /** Runs what is asked, of which the script has read the first line. */
  private static final String REAL =
      CoreFiles.anywhere(System.getenv()).stageProgram()
          + " < <(printf '%s\\n' \"$request\"; exec cat 2>/dev/null)";

  @TempDir private Path temp;

  private MadeUpGpus host;
  private WorkerConfig config;
  private Gpu gpu;

  @BeforeEach
  void twoGpus() throws Exception {
    host = new MadeUpGpus(temp);
    host.script("export FIL_PROOFS_PARAMETER_CACHE=" + temp + "\nexec " + REAL + "\n");
    config = host.config();
    gpu = host.present().gpus().get(0);
  }

  // Seen to fail: with a test that takes no mark off.
  @Test
  void aGpuThatComputesRightlyPassesAndIsPutBack() throws Exception {
    directory().mark(new GpuMark("host-a", 1, "it was hot"));
    assertThat(test())
        .isEqualTo(
            new GpuSelfTest.Result(
                0,
                MadeUpGpus.ZERO,
                "Made Up A",
                GpuSelfTest.Outcome.passed,
                "CommR and 4 files as known, no proof made: this host does not have the parameters"
                    + " of 2KiB"));
    assertThat(directory().mark()).isEmpty();
  }

  // Seen to fail: with CommR alone compared.
  @Test
  void aGpuThatWritesOneWrongByteFailsAndIsTakenOut() throws Exception {
    host.does(
        MadeUpGpus.ZERO,
        """
        said=$(%s 2>/dev/null)
        cache=$(sed 's/.*"cache":"\\([^"]*\\)".*/\\1/' <<< "$request")
        printf x | dd of=$cache/sc-02-data-tree-c.dat bs=1 seek=100 conv=notrunc 2>/dev/null
        printf '%%s\\n' "$said"
        exit
        """
            .formatted(REAL));
    GpuSelfTest.Result result = test();
    assertThat(result.outcome()).isEqualTo(GpuSelfTest.Outcome.failed);
    assertThat(result.text()).isEqualTo("pc2: sc-02-data-tree-c.dat has different content");
    assertThat(directory().mark().orElseThrow().reason())
        .isEqualTo("self-test failed: pc2: sc-02-data-tree-c.dat has different content");
  }

  @Test
  void aGpuThatBreaksDownFailsAndWhatIsNotItsFaultIsThrown() throws Exception {
    host.does(MadeUpGpus.ZERO, "kill -SEGV $$");
    assertThat(test().text()).contains("signal 11");
    assertThat(directory().mark()).isPresent();
    directory().unmark();
    host.fails(MadeUpGpus.ZERO, "NoSpace");
    assertThatThrownBy(this::test)
        .isInstanceOf(CoreException.class)
        .hasMessageContaining("made up");
    assertThat(directory().mark()).isEmpty();
  }

  @Test
  void aGpuThatAStageHasIsLeftAlone() throws Exception {
    host.fails(MadeUpGpus.ZERO, "Gpu");
    try (LockFile stage = directory().tryLock().orElseThrow()) {
      assertThat(stage).isNotNull();
      assertThat(test().outcome()).isEqualTo(GpuSelfTest.Outcome.busy);
      assertThat(directory().mark()).isEmpty();
    }
  }

  private GpuSelfTest.Result test() throws Exception {
    return new GpuSelfTest(config, host.program(), line -> {}).run(gpu);
  }

  private GpuDirectory directory() throws IOException {
    return GpuDirectory.of(config, gpu);
  }
}
