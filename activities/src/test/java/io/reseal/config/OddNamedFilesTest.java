package io.reseal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.config.WorkerConfig.SealingThread;
import io.reseal.reading.OddFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pipes, links, devices and huge files in the places of files that operators write. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OddNamedFilesTest {

  private static final String SETTINGS =
      """
      [temporal]
      address = "t:1"
      [catalog]
      url = "jdbc:mariadb://db/r"
      password_file = "password"
      """;

  @TempDir private Path home;

  // Catches: a worker that hangs at its settings; a mounted secret, which is a link, refused.
  @ParameterizedTest
  @EnumSource
  void oddSettingsAreRefusedAndLinksFollowed(OddFile odd) throws IOException {
    Files.writeString(home.resolve("password"), "pw");
    Path file = Files.writeString(home.resolve(Installation.FILE), SETTINGS);
    odd.putInPlaceOf(file);

    if (odd == OddFile.LINK) {
      assertThat(Installation.load(home, Map.of()).catalog().password()).isEqualTo("pw");
    } else {
      assertThatThrownBy(() -> Installation.load(home, Map.of()))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(Installation.FILE);
    }
  }

  // Catches: a password or token file that hangs the command, or fills its memory.
  @ParameterizedTest
  @EnumSource
  void oddSecretsAreRefusedAndLinksFollowed(OddFile odd) throws IOException {
    Files.writeString(home.resolve(Installation.FILE), SETTINGS);
    odd.putInPlaceOf(Files.writeString(home.resolve("password"), "pw"));

    if (odd == OddFile.LINK) {
      assertThat(Installation.load(home, Map.of()).catalog().password()).isEqualTo("pw");
    } else {
      assertThatThrownBy(() -> Installation.load(home, Map.of()))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("cannot be read");
    }
  }

  // Catches: a hot file that stops its sealing thread for ever.
  @ParameterizedTest
  @EnumSource
  void anOddHotFileIsBroken(OddFile odd) throws IOException {
    SealingThread thread =
        new SealingThread(
            0,
            home,
            ThreadPlan.SEALER,
            new WorkerConfig.Sealing(Set.of(), Set.of(), Optional.empty(), Optional.empty()));
    odd.putInPlaceOf(Files.writeString(home.resolve(HotFile.NAME), "plan = \"rebuild\"\n"));

    HotFile.Reading reading = new HotFile(thread).read();

    if (odd == OddFile.LINK) {
      assertThat(reading.thread().plan()).isEqualTo(ThreadPlan.REBUILD);
    } else {
      assertThat(reading.fault()).contains("cannot be read");
    }
  }
}
