package io.reseal.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.config.WorkerConfig;
import io.reseal.core.Gpu;
import io.reseal.core.HostGpus;
import io.reseal.gpu.GpuState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the doctor makes of the GPUs of a host whose core is built for them. */
class GpuCheckTest {

  private static final HostGpus NONE =
      new HostGpus(Optional.empty(), Optional.of("there is no driver"), List.of());
  private static final HostGpus ONE =
      new HostGpus(
          Optional.of("580.65"),
          Optional.empty(),
          List.of(new Gpu(0, "GPU-0", "Made Up", 24L << 30, "8.6", "")));

  @TempDir private Path temp;

  @Test
  void noGpuIsAProblemOnlyWhereTheCpuIsForbidden() throws IOException {
    assertThat(new GpuCheck(config(""), NONE, List.of()).examine())
        .containsExactly(
            CheckResult.warning(
                "GPUs", "there is none: there is no driver; PC2 and C2 run on the CPU"));
    assertThat(new GpuCheck(config("[gpu]\ncpu_fallback = false"), NONE, List.of()).examine())
        .singleElement()
        .matches(finding -> finding.verdict() == CheckResult.Verdict.problem)
        .matches(finding -> finding.text().contains("cpu_fallback"));
  }

  // Catches: a GPU that is taken out shown as any other.
  @Test
  void aGpuThatIsTakenOutIsAWarningWithItsReasonAndWhatToDo() throws IOException {
    assertThat(new GpuCheck(config(""), ONE, List.of(state(null))).examine())
        .containsExactly(CheckResult.ok("GPU 0", "Made Up, 24.0 GiB, GPU-0"));
    assertThat(new GpuCheck(config(""), ONE, List.of(state("pc2 failed: ECC"))).examine())
        .containsExactly(
            CheckResult.warning(
                "GPU 0",
                "Made Up, 24.0 GiB, GPU-0: out of service, pc2 failed: ECC; fix that, then run"
                    + " reseal gpu test --device 0"));
  }

  @Test
  void aGpuThatTheFileNamesAndTheHostHasNotIsAWarning() throws IOException {
    assertThat(
            new GpuCheck(config("[[processors.pc2]]\ndevices = [0, 3]"), ONE, List.of(state(null)))
                .examine())
        .contains(
            CheckResult.warning(
                "GPUs", "[[processors.pc2]] names GPU 3, but this host has no such GPU"));
  }

  private WorkerConfig config(String more) throws IOException {
    Files.createDirectories(temp.resolve("scratch"));
    Files.createDirectories(temp.resolve("store"));
    return WorkerConfig.load(
        Files.writeString(
            temp.resolve("worker.toml"),
            """
            [worker]
            name = "host-a"
            [[sealing_thread]]
            location = "%1$s/scratch"
            [[attached]]
            location = "%1$s/store"
            """
                    .formatted(temp)
                + more));
  }

  private static GpuState state(String why) {
    return new GpuState(
        0,
        "GPU-0",
        "Made Up",
        24L << 30,
        "580.65",
        "8.6",
        "",
        why == null ? GpuState.State.free : GpuState.State.out,
        why == null ? null : 1L,
        why);
  }
}
