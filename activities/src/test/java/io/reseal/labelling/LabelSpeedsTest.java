package io.reseal.labelling;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.config.LayersInMemory;
import io.reseal.config.WorkerConfig;
import io.reseal.core.CoreCode;
import io.reseal.core.CoreException;
import io.reseal.core.StageDiedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a worker decides about labelling at its start, when, and from which measurements. */
class LabelSpeedsTest {

  private static final long GIB = 1L << 30;

  @TempDir private Path dir;

  private final List<String> measured = new ArrayList<>();
  private String host = "a CPU";
  private List<Integer> siblings = List.of(0, 4);
  private boolean fails;

  // Catches: a host that measures at each start, or that goes on with another machine's figures.
  @Test
  void whatIsMeasuredIsRememberedForThisHost() throws IOException {
    WorkerConfig decided = decide(20, 2000 * GIB, "");
    assertThat(decided.labelling().sectorsOnACore()).isEqualTo(16);
    assertThat(decided.labelling().onEachCpu()).isTrue();
    assertThat(measured).containsExactly("[0] 4", "[0] 16", "[0] 4", "[0, 4] 4");
    measured.clear();
    assertThat(decide(20, 2000 * GIB, "").labelling()).isEqualTo(decided.labelling());
    assertThat(measured).isEmpty();
    host = "another CPU";
    decide(20, 2000 * GIB, "");
    assertThat(measured).hasSize(4);
    measured.clear();
    for (String damaged : List.of("{torn", "null", "", "[]", "{\"host\":null}")) {
      measured.clear();
      Files.writeString(dir.resolve("parents").resolve(LabelSpeeds.FILE), damaged);
      assertThat(decide(20, 2000 * GIB, "").labelling()).isEqualTo(decided.labelling());
      assertThat(measured).as(damaged).hasSize(4);
    }
  }

  // Catches: a small host that waits for a measurement whose result it cannot use, or one that
  // takes
  // more memory than labelling may use.
  @Test
  void nothingIsMeasuredThatMakesNoDifference() throws IOException {
    assertThat(decide(4, 900 * GIB, "").labelling().sectorsOnACore()).isEqualTo(4);
    assertThat(decide(20, 4 * 64 * GIB, "").labelling().onEachCpu()).isFalse();
    assertThat(measured).isEmpty();
    decide(5, 900 * GIB, "");
    assertThat(measured).containsExactly("[0] 4", "[0, 4] 4");
    measured.clear();
    siblings = List.of(0);
    host = "without SMT";
    decide(20, 2000 * GIB, "");
    assertThat(measured).containsExactly("[0] 4", "[0] 16");
  }

  @Test
  void theHostsFileDecides() throws IOException {
    WorkerConfig decided = decide(20, 2000 * GIB, "[labelling]\ngroup = 3\nsmt = false\n");
    assertThat(decided.labelling().sectorsOnACore()).isEqualTo(3);
    assertThat(decided.labelling().onEachCpu()).isFalse();
    assertThat(measured).isEmpty();
  }

  // Catches: a worker that does not start because its speed cannot be measured.
  @Test
  void aFailedMeasurementLeavesTheDefaultsAndIsTriedAgain() throws IOException {
    fails = true;
    assertThat(decide(20, 2000 * GIB, "").labelling().sectorsOnACore()).isEqualTo(4);
    fails = false;
    assertThat(decide(20, 2000 * GIB, "").labelling().sectorsOnACore()).isEqualTo(16);
  }

  // Catches: a host that goes on with the figures of the CPU that it had before.
  @Test
  void anotherCpuIsMeasuredAgain()
      throws IOException, CoreException, StageDiedException, InterruptedException {
    FakeMachine machine = new FakeMachine(dir.resolve("machine")).cores(4, 1, false);
    Path parents = Files.createDirectories(dir.resolve("parents"));
    for (String model : List.of("AMD EPYC 9654", "AMD EPYC 9654", "INTEL(R) XEON(R) 8592+")) {
      machine.write("proc/cpuinfo", "processor\t: 0\nmodel name\t: %s\n".formatted(model));
      LabelSpeeds.of(
              config(1, ""),
              Map.of("FIL_PROOFS_PARENT_CACHE", parents.toString()),
              machine.root(),
              this::nanos)
          .group();
      assertThat(parents.resolve(LabelSpeeds.FILE)).content().contains(model);
    }
    assertThat(measured).containsExactly("[0] 4", "[0] 16", "[0] 4", "[0] 16");
  }

  private WorkerConfig config(int threads, String more) throws IOException {
    StringBuilder text = new StringBuilder("[worker]\nname = \"host-a\"\n");
    Path stores = Files.createDirectories(dir.resolve("s"));
    text.append("[[attached]]\nlocation = \"%s\"\n".formatted(stores));
    for (int i = 0; i < threads; i++) {
      Path scratch = Files.createDirectories(dir.resolve("scratch-" + i));
      text.append("[[sealing_thread]]\nlocation = \"%s\"\nplan = \"rebuild\"\n".formatted(scratch));
    }
    return WorkerConfig.load(Files.writeString(dir.resolve("worker.toml"), text + more));
  }

  private double nanos(List<Integer> cpus, int sectors) throws CoreException {
    if (fails) {
      throw new CoreException(CoreCode.NO_MEMORY, "no");
    }
    measured.add("%s %d".formatted(cpus, sectors));
    return sectors == 16 ? 400 : cpus.size() > 1 ? 1000 : 764;
  }

  /** With four cores, where 16 sectors on a core and both CPUs of a core are faster. */
  private WorkerConfig decide(int threads, long memory, String labelling) throws IOException {
    WorkerConfig config = config(threads, labelling);
    LabellingCapacity capacity =
        new LabellingCapacity(List.of(0, 1, 2, 3), 4, memory, siblings, LayersInMemory.TWO);
    return new LabelSpeeds(dir.resolve("parents"), host, capacity, this::nanos)
        .decideIfPossible(config);
  }
}
