package io.reseal.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.config.LayersInMemory;
import io.reseal.config.WorkerConfig;
import io.reseal.core.CoreCode;
import io.reseal.core.CoreException;
import io.reseal.doctor.CheckResult.Verdict;
import io.reseal.labelling.LabelSpeeds;
import io.reseal.labelling.LabellingCapacity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a measured host is told about itself. */
class SpeedCheckTest {

  private static final long GIB = 1L << 30;

  @TempDir private Path dir;

  private static final List<Integer> BOTH = List.of(0, 32);

  private final List<String> asked = new ArrayList<>();
  private List<Integer> siblings = List.of(0);
  private LayersInMemory layers = LayersInMemory.TWO;

  /** What both CPUs of a core take at the same time. */
  private double both;

  // Catches: other sectors at once than memory allows, a core's sectors counted as if alone, or
  // hours that leave out the sectors that wait.
  @Test
  void sectorsAtOnceAndTheTimeOfALostDiskAreWorkedOut() throws Exception {
    List<CheckResult> findings = examine(20, 32, 4, 900 * GIB, 930, 9e9);
    assertThat(asked).containsExactly("14 CPUs, 1");
    // 11 * 2^30 * 930 ns = 3.05 h; 130 in 10 turns of 14.
    assertThat(findings)
        .containsExactly(
            new CheckResult(
                "speed of labelling",
                Verdict.ok,
                "930 ns for a label; on this host: 14 sectors of 32GiB at once, one on a core, in"
                    + " 3.1 hours; 130 sectors in 31 hours"),
            new CheckResult(
                "speed of scratch",
                Verdict.ok,
                "scratch writes 9000 MB/s; the layers of 14 sectors need 482"),
            new CheckResult(
                "labelling.layers_in_memory",
                Verdict.ok,
                "memory is the limit; with `labelling.layers_in_memory` = 1 there is enough for 20"
                    + " sectors at once, but scratch must write and read 1308 MB/s then: set it to"
                    + " 1"));
  }

  // Catches: one layer in memory advised where the disk cannot follow, where memory is not the
  // limit, or where it is on already; or the disk's share of it forgotten.
  @Test
  void oneLayerInMemoryIsAdvisedWhereItGains() throws Exception {
    assertThat(examine(20, 32, 4, 900 * GIB, 930, 1.2e9).get(2).text()).endsWith("leave it");
    assertThat(examine(14, 32, 4, 900 * GIB, 930, 9e9)).hasSize(2);
    layers = LayersInMemory.ONE;
    assertThat(examine(20, 32, 4, 900 * GIB, 930, 9e9).get(1).text())
        .startsWith("scratch writes 9000 MB/s; the layers of 20 sectors need 1308");
    assertThat(examine(30, 32, 4, 900 * GIB, 930, 9e9)).hasSize(2);
  }

  // Catches: sectors that share a core labelled in the time of one.
  @Test
  void sectorsThatShareACoreTakeLonger() throws Exception {
    List<CheckResult> findings = examine(8, 2, 4, 900 * GIB, 500, 9e9);
    assertThat(asked).containsExactly("2 CPUs, 4");
    // 11 * 2^30 * 4 * 500 ns = 6.56 h; 130 in 17 turns of 8.
    assertThat(findings.get(0).text())
        .contains("8 sectors of 32GiB at once, up to 4 on a core, in 6.6 hours")
        .endsWith("130 sectors in 112 hours");
  }

  // Catches: a larger group chosen where it gains nothing, or not where it does; the host's file
  // overruled; a measurement where memory or threads are the limit.
  @Test
  void aLargerGroupIsUsedWhereItGains() throws Exception {
    assertThat(examine(9, 2, 0, 900 * GIB, 500, 9e9).get(2).text())
        .isEqualTo("a label takes 500 ns with 4 sectors on a core and 500 with 16: 4 is right");
    assertThat(examine(9, 2, 0, 900 * GIB, 990, 9e9).get(2).text()).endsWith("16: 16 is right");
    assertThat(examine(9, 2, 4, 900 * GIB, 990, 9e9).get(2).text())
        .endsWith("16: the host's file says 4, but 16 is faster");
    assertThat(examine(9, 2, 0, 500 * GIB, 990, 9e9)).hasSize(3);
    assertThat(examine(8, 2, 0, 900 * GIB, 990, 9e9)).hasSize(2);
  }

  // Catches: both CPUs of a core used where together they do less than one, or the other way round,
  // or measured where memory is the limit.
  @Test
  void theOtherCpuOfACoreIsUsedWhereItGains() throws Exception {
    siblings = BOTH;
    both = 1100;
    assertThat(examine(8, 2, 4, 900 * GIB, 800, 9e9).get(2).text())
        .isEqualTo(
            "a core takes 800 ns for a label on its first CPU alone and 550 on all 2: true is"
                + " right");
    both = 1500;
    assertThat(examine(8, 2, 4, 900 * GIB, 800, 9e9).get(2).text()).endsWith("false is right");
    assertThat(examine(9, 8, 4, 500 * GIB, 800, 9e9)).hasSize(3);
  }

  // Catches: a disk that is too slow for the layers not told.
  @Test
  void aSlowScratchDiskIsAWarning() throws Exception {
    CheckResult disk = examine(20, 32, 4, 900 * GIB, 930, 4e8).get(1);
    assertThat(disk.verdict()).isEqualTo(Verdict.warning);
    assertThat(disk.text())
        .startsWith("scratch writes 400 MB/s; the layers of 14 sectors need 482");
  }

  // Catches: a measurement that fails taken for a result, or ending the doctor.
  @Test
  void whatCannotBeMeasuredIsAProblem() throws Exception {
    assertThat(examine(20, 32, 4, 900 * GIB, -1, 9e9))
        .containsExactly(
            new CheckResult(
                "speed", Verdict.problem, "cannot be measured: the measurement failed"));
    assertThat(examine(20, 32, 4, 900 * GIB, 930, -1).get(1).text())
        .startsWith("cannot be measured: /scratch (");
    assertThat(examine(20, 32, 4, GIB, 930, 9e9).get(0).text())
        .startsWith("not measured: no sector");
  }

  // Catches: the file of the measurement left behind, or a disk that several directories are on
  // counted for each.
  @Test
  void writingLeavesNothingAndCountsADiskOnce() throws IOException {
    Path one = Files.createDirectory(dir.resolve("one"));
    Path two = Files.createDirectory(dir.resolve("two"));
    assertThat(new WrittenSpeed(5 << 20).of(List.of(one, two))).isPositive();
    assertThat(one).isEmptyDirectory();
    assertThat(two).isEmptyDirectory();
  }

  /**
   * @param group as the host's file says; 0 if it does not
   * @param nanos with any number of sectors but 16, which take 500; negative if measuring fails
   */
  private List<CheckResult> examine(
      int threads, int cores, int group, long memory, double nanos, double written)
      throws IOException, InterruptedException {
    StringBuilder text = new StringBuilder("[worker]\nname = \"host-a\"\n");
    Path stores = Files.createDirectories(dir.resolve("s"));
    text.append("[[attached]]\nlocation = \"%s\"\n".formatted(stores));
    for (int i = 0; i < threads; i++) {
      Path scratch = Files.createDirectories(dir.resolve("scratch-" + i));
      text.append(
          "[[sealing_thread]]\nlocation = \"%s\"\nplan = \"rebuild\"\nsealing.allowed_sizes = [\"32GiB\"]\n"
              .formatted(scratch));
    }
    if (group > 0) {
      text.append("[labelling]\ngroup = %d\n".formatted(group));
    }
    WorkerConfig given =
        WorkerConfig.load(Files.writeString(dir.resolve("worker.toml"), text.toString()));
    List<Integer> cpus = IntStream.range(0, cores).boxed().toList();
    SpeedCheck.Measured measured =
        new SpeedCheck.Measured() {
          @Override
          public double nanos(List<Integer> on, int sectors) throws CoreException {
            asked.add("%d CPUs, %d".formatted(on.size(), sectors));
            if (nanos < 0) {
              throw new CoreException(CoreCode.NO_MEMORY, "the measurement failed");
            }
            return on.equals(BOTH) ? both : sectors == 16 ? 500 : nanos;
          }

          @Override
          public double written() throws IOException {
            if (written < 0) {
              throw new NoSuchFileException("/scratch");
            }
            return written;
          }
        };
    LabellingCapacity undecided = new LabellingCapacity(cpus, 4, memory, siblings, layers);
    LabelSpeeds speeds = new LabelSpeeds(dir.resolve("parents"), "a host", undecided, measured);
    speeds.doubt();
    WorkerConfig config = speeds.decideIfPossible(given);
    asked.clear();
    LabellingCapacity labelling =
        new LabellingCapacity(cpus, config.labelling().sectorsOnACore(), memory, siblings, layers);
    return new SpeedCheck(labelling, config, speeds, measured).examine();
  }
}
