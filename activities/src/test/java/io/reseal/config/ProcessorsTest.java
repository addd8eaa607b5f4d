package io.reseal.config;

import static io.reseal.config.WorkerFile.threadAndStore;
import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.plan.Step;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where stages run and how many at a time: processors, GPUs, and labelling groups. */
class ProcessorsTest {

  @TempDir Path dir;

  private WorkerFile worker;

  @BeforeEach
  void makeDirectories() throws IOException {
    worker = new WorkerFile(dir);
  }

  // Seen to fail: with slots that look at the limitation alone.
  @Test
  void placesStageProcessesAsTheFileSays() throws IOException {
    WorkerConfig config =
        worker.load(
            threadAndStore()
                + """
                [processors.limitation.concurrent]
                pc1 = 5
                pc2 = 1
                [[processors.pc1]]
                cgroup.cpuset = "0-3, 8"
                numa_preferred = 0
                concurrent = 1
                envs = { TOKEN = "secret", "FIL_PROOFS_USE_MULTICORE_SDR" = "1" }
                [[processors.pc1]]
                concurrent = 2
                [[processors.pc2]]
                concurrent = 4
                [[processors.c2]]
                """);

    assertThat(config.processors().get(Step.Resource.PC1))
        .containsExactly(
            new Processor(
                Map.of("TOKEN", "secret", "FIL_PROOFS_USE_MULTICORE_SDR", "1"),
                Optional.of("0-3,8"),
                Optional.of(0),
                Optional.of(1),
                Optional.empty()),
            new Processor(
                Map.of(), Optional.empty(), Optional.empty(), Optional.of(2), Optional.empty()));
    assertThat(config.slots(Step.Resource.PC1)).isEqualTo(5);
    assertThat(config.slots(Step.Resource.PC2)).isEqualTo(1);
    assertThat(config.slots(Step.Resource.C2)).isEqualTo(1);
    assertThat(config.warnings()).isEmpty();
    assertThat(config.toString()).contains("TOKEN").doesNotContain("secret");
  }

  // Seen to fail: with a list that is empty taken for one that is not there.
  @Test
  void choosesGpusByIndexOrUuid() throws IOException {
    WorkerConfig config =
        worker.load(
            threadAndStore()
                + """
                [[processors.pc2]]
                devices = [0, "GPU-8f3a2c1e-0001"]
                [[processors.pc2]]
                [[processors.c2]]
                devices = []
                [gpu]
                cpu_fallback = false
                """);

    List<Processor> pc2 = config.processorsOf(Step.Resource.PC2);
    assertThat(pc2.get(0).devices()).contains(List.of("0", "GPU-8f3a2c1e-0001"));
    assertThat(pc2.get(0).allowsGpu(0, "GPU-x")).isTrue();
    assertThat(pc2.get(0).allowsGpu(3, "GPU-8f3a2c1e-0001")).isTrue();
    assertThat(pc2.get(0).allowsGpu(1, "GPU-x")).isFalse();
    assertThat(pc2.get(1).allowsGpu(1, "GPU-x")).isTrue();
    assertThat(config.processorsOf(Step.Resource.C2).get(0).devices()).contains(List.of());
    assertThat(config.gpu().cpuFallback()).isFalse();
    assertThat(worker.load(threadAndStore()).gpu().cpuFallback()).isTrue();
  }

  @Test
  void refusesGpusThatCannotBe() throws IOException {
    assertThat(
            worker.faults(
                threadAndStore()
                    + """
                    [[processors.pc2]]
                    devices = [0, "RTX 3090"]
                    [[processors.c2]]
                    devices = []
                    [[processors.c2]]
                    [[processors.pc1]]
                    devices = [0]
                    [gpu]
                    cpu_falback = true
                    """))
        .anyMatch(fault -> fault.contains("'RTX 3090' is not a GPU") && fault.contains("element 2"))
        .anyMatch(fault -> fault.contains("Some [[processors.c2]]"))
        .anyMatch(fault -> fault.contains("unknown key `processors.pc1.devices`"))
        .anyMatch(fault -> fault.contains("did you mean `cpu_fallback`?"))
        .hasSize(4);
  }

  @Test
  void labellingTakesWhatTheFileSaysAndElseItsDefaults() throws IOException {
    assertThat(worker.load(threadAndStore()).labelling()).isEqualTo(WorkerConfigs.labelling());
    assertThat(
            worker
                .load(
                    threadAndStore()
                        + """
                        [labelling]
                        cores = 6
                        group = 16
                        gather = "1m 30s"
                        memory = "512GiB"
                        smt = true
                        layers_in_memory = 1
                        """)
                .labelling())
        .isEqualTo(
            new LabellingSettings(
                Optional.of(6),
                Optional.of(16),
                Duration.ofSeconds(90),
                Optional.of(512L << 30),
                Optional.of(true),
                LayersInMemory.ONE));
  }

  /** Seen to fail with a group of any size. */
  @Test
  void labellingRefusesWhatMakesNoSense() throws IOException {
    assertThat(
            worker.faults(
                threadAndStore()
                    + """
                    [labelling]
                    cores = 0
                    group = 17
                    gather = "2h"
                    memory = "much"
                    layers_in_memory = 3
                    grup = 2
                    """))
        .hasSize(6)
        .anyMatch(fault -> fault.contains("`labelling.layers_in_memory`"))
        .anyMatch(fault -> fault.contains("`labelling.cores`") && fault.contains("at least 1"))
        .anyMatch(
            fault ->
                fault.contains("`labelling.group`") && fault.contains("at least 1 and at most 16"))
        .anyMatch(fault -> fault.contains("`labelling.gather`") && fault.contains("0s to 1h"))
        .anyMatch(fault -> fault.contains("`labelling.memory`"))
        .anyMatch(fault -> fault.contains("did you mean `group`?"));
  }

  /** Seen to fail with as many sectors as processes. */
  @Test
  void aProcessorOfPc1TakesAGroupOfSectorsInEachProcess() throws IOException {
    String processor = "[[processors.pc1]]\nconcurrent = 2\n";
    assertThat(worker.load(threadAndStore() + processor).slots(Step.Resource.PC1)).isEqualTo(8);
    assertThat(
            worker
                .load(threadAndStore() + processor + "[labelling]\ngroup = 1\n")
                .slots(Step.Resource.PC1))
        .isEqualTo(2);
    assertThat(
            worker
                .load(threadAndStore() + processor + "[native]\nsdr = \"stock\"\n")
                .slots(Step.Resource.PC1))
        .isEqualTo(2);
  }
}
