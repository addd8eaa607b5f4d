package io.reseal.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.config.HotFile.Reading;
import io.reseal.config.WorkerConfig.SealingThread;
import io.reseal.sector.SectorSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The file in a sealing thread's location that goes over the main file. */
class HotFileTest {

  @TempDir private Path location;

  @Test
  void valuesThatItNamesGoOverTheMainFilesAndTheOthersStay() throws IOException {
    HotFile file = new HotFile(main());
    write("plan = \"rebuild\"\nsealing.allowed_sizes = [\"2KiB\"]\nsealing.max_retries = 9\n");
    SealingThread read = file.read().thread();
    assertThat(read.plan()).isEqualTo(ThreadPlan.REBUILD);
    assertThat(read.location()).isEqualTo(location);
    assertThat(read.index()).isEqualTo(3);
    assertThat(read.sealing().allowedSizes()).containsExactly(SectorSize.KIB_2);
    assertThat(read.sealing().allowedMiners()).containsExactly(1001L);
    assertThat(read.sealing().maxRetries()).contains(9);
    assertThat(read.sealing().recoverInterval()).contains(Duration.ofSeconds(7));
  }

  // Seen to fail: with changes laid over one another instead of over the main file.
  @Test
  void eachChangeCountsFromTheMainFileAndRemovalBringsItBack() throws IOException {
    HotFile file = new HotFile(main());
    write("plan = \"rebuild\"\n");
    assertThat(file.read().thread().plan()).isEqualTo(ThreadPlan.REBUILD);
    write("sealing.max_retries = 9\n");
    assertThat(file.read().thread().plan()).isEqualTo(ThreadPlan.SEALER);
    Files.delete(location.resolve(HotFile.NAME));
    assertThat(file.read()).isEqualTo(new Reading(main(), null, List.of()));
  }

  /** Seen to fail with changes told by time alone: two within one tick of the clock are one. */
  @Test
  void aChangeWithinTheSameTickIsSeen() throws IOException {
    HotFile file = new HotFile(main());
    write("plan = \"rebuild\"\n");
    var before = Files.getLastModifiedTime(location.resolve(HotFile.NAME));
    assertThat(file.read().thread().plan()).isEqualTo(ThreadPlan.REBUILD);
    write("plan = \"unseal\" \n");
    Files.setLastModifiedTime(location.resolve(HotFile.NAME), before);
    assertThat(file.read().thread().plan()).isEqualTo(ThreadPlan.UNSEAL);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "plan = | line 1, column",
        "plan = 'rebiuld' | line 1: 'rebiuld' is not a plan: there are sealer, snapup, rebuild",
        "location = '/elsewhere' | `location` in",
        "plan = 'rebuild';processors.pc1 = 1 | line 2 cannot be set there: it holds `plan` and",
        "pln = 'rebuild' | did you mean `plan`?",
        "sealing.max_retries = -1 | must be at least 0",
        "sealing.recover_interval = '0s' | write 1s to 24h",
        "sealing.max_retrys = 1 | did you mean `max_retries`?",
      })
  void aBrokenOneSaysWhatAndWhereAndMendingItIsEnough(String content, String expected)
      throws IOException {
    HotFile file = new HotFile(main());
    write(content.replace(';', '\n').replace('\'', '"') + "\n");
    Reading broken = file.read();
    assertThat(broken.thread()).isNull();
    assertThat(broken.fault()).contains(location.resolve(HotFile.NAME).toString(), expected);
    assertThat(file.read()).isEqualTo(broken);
    write("plan = \"rebuild\"\n");
    assertThat(file.read().fault()).isNull();
    assertThat(file.read().thread().plan()).isEqualTo(ThreadPlan.REBUILD);
  }

  /** Seen to fail with a list of the main file's keys that lacked labelling, pieces and gpu. */
  @ParameterizedTest
  @ValueSource(strings = {"worker", "sealing_thread", "labelling", "pieces", "gpu", "metrics"})
  void everyKeyOfTheMainFileIsRefusedAsThat(String key) throws IOException {
    assertThat(WorkerConfigReader.rootKeys()).contains(key);
    HotFile file = new HotFile(main());
    write("[%s]\n".formatted(key));
    assertThat(file.read().fault()).contains("`%s` in".formatted(key), "cannot be set there");
  }

  @Test
  void oneThatCannotBeReadIsAFaultUntilItIsGone() throws IOException {
    HotFile file = new HotFile(main());
    Files.createDirectory(location.resolve(HotFile.NAME));
    assertThat(file.read().fault()).contains("cannot be read");
    Files.delete(location.resolve(HotFile.NAME));
    assertThat(file.read().thread()).isEqualTo(main());
  }

  @Test
  void keysWithoutEffectAreNamed() throws IOException {
    HotFile file = new HotFile(main());
    write("sealing.enable_deals = true\n");
    assertThat(file.read().warnings())
        .singleElement()
        .asString()
        .contains("`sealing.enable_deals`");
  }

  private SealingThread main() {
    return new SealingThread(
        3,
        location,
        ThreadPlan.SEALER,
        new WorkerConfig.Sealing(
            Set.of(1001L), Set.of(), Optional.of(2), Optional.of(Duration.ofSeconds(7))));
  }

  private void write(String content) throws IOException {
    Files.writeString(location.resolve(HotFile.NAME), content);
  }
}
