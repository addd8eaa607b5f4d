package io.reseal.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SmallFileTest {

  @TempDir private Path dir;

  // Catches: a reader that waits for a pipe's other end, follows a link, or fills the memory.
  @ParameterizedTest
  @EnumSource
  void inScratchAndStoresOnlyAFileIsRead(OddFile odd) throws IOException {
    Path file = Files.writeString(dir.resolve("file"), "content");
    assertThat(SmallFile.readText(file)).isEqualTo("content");

    odd.putInPlaceOf(file);

    assertThatThrownBy(() -> SmallFile.read(file))
        .isInstanceOf(UnfitFileException.class)
        .hasMessageContaining(file.toString());
  }

  // Catches: a configuration or token that is mounted as a link and refused, or a named pipe that
  // a command waits for.
  @ParameterizedTest
  @EnumSource
  void ofFilesThatAreNamedOnlyLinksAreFollowed(OddFile odd) throws IOException {
    Path file = Files.writeString(dir.resolve("file"), "content");

    odd.putInPlaceOf(file);

    if (odd == OddFile.LINK) {
      assertThat(SmallFile.readNamedText(file)).isEqualTo("content");
    } else {
      assertThatThrownBy(() -> SmallFile.readNamedText(file))
          .isInstanceOf(UnfitFileException.class);
    }
  }

  // Catches: a directory read as an empty file, a missing file reported as something else.
  @Test
  void otherFailuresKeepTheirKind() {
    assertThatThrownBy(() -> SmallFile.readNamedText(dir))
        .isInstanceOf(UnfitFileException.class)
        .hasMessageContaining("is a directory");
    assertThatThrownBy(() -> SmallFile.read(dir.resolve("none")))
        .isInstanceOf(NoSuchFileException.class);
  }

  // Catches: `--password-file <(pass show catalog)` refused because it is a pipe.
  @Test
  void whatAShellPassesInPlaceOfAFileIsRead() throws Exception {
    Path file = Files.writeString(dir.resolve("file"), "content");
    try (InputStream open = Files.newInputStream(file);
        Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      assertThat(open.available()).isPositive();
      Path passed = descriptors.filter(fd -> leadsTo(fd, file)).findFirst().orElseThrow();
      assertThat(SmallFile.readNamedText(passed)).isEqualTo("content");
    }
  }

  private static boolean leadsTo(Path descriptor, Path file) {
    try {
      return Files.isSameFile(descriptor, file);
    } catch (IOException e) {
      return false;
    }
  }
}
