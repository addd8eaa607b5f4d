package io.reseal.up;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeTest {

  @TempDir Path directory;

  // Catches: an installation that fills its disk while it is made, and fails with MariaDB's words.
  @Test
  void aDiskWithoutRoomIsNamedBeforeAnythingIsMade() {
    // A file system of the kernel's, which has no room for anybody.
    Home home = new Home(Path.of("/proc/not/there"));

    assertThatThrownBy(home::requireRoom)
        .isInstanceOf(UpException.class)
        .hasMessageContainingAll("/proc/not/there", "0 bytes free", "300.0 MiB", "--home");
  }

  // Catches: a look at the directory itself, which does not exist before the first start.
  @Test
  void aDirectoryThatDoesNotExistHasTheRoomOfItsDisk() {
    assertThatCode(new Home(directory.resolve("a/b"))::requireRoom).doesNotThrowAnyException();
  }
}
