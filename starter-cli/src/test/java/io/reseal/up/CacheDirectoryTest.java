package io.reseal.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that are unpacked once. */
class CacheDirectoryTest {

  @TempDir Path root;

  @Test
  void aProgramIsUnpackedOnce() throws IOException {
    CacheDirectory cache = CacheDirectory.of(Map.of("RESEAL_CACHE", root.toString()));
    AtomicInteger fills = new AtomicInteger();
    for (int i = 0; i < 2; i++) {
      Path program =
          cache.directory(
              "p",
              directory -> {
                fills.incrementAndGet();
                Files.writeString(directory.resolve("file"), "x");
              });
      assertThat(program.resolve("file")).hasContent("x");
    }
    assertThat(fills).hasValue(1);
  }

  /** Fails when a directory that a crash left half filled is taken for the program. */
  @Test
  void oneThatWasCutShortIsUnpackedAnew() throws IOException {
    CacheDirectory cache = CacheDirectory.of(Map.of("RESEAL_CACHE", root.toString()));
    assertThatThrownBy(
            () ->
                cache.directory(
                    "p",
                    directory -> {
                      Files.writeString(directory.resolve("half"), "x");
                      throw new IOException("disk full");
                    }))
        .hasMessage("disk full");

    Path program =
        cache.directory("p", directory -> Files.writeString(directory.resolve("whole"), "x"));

    assertThat(program.resolve("whole")).exists();
    assertThat(program.resolve("half")).doesNotExist();
  }

  @Test
  void theCacheIsWhereTheEnvironmentSays() throws IOException {
    CacheDirectory cache = CacheDirectory.of(Map.of("RESEAL_CACHE", root.toString()));

    assertThat(cache.directory("p", directory -> {})).isEqualTo(root.resolve("p"));
  }

  /** Fails when an installed package is left aside, so that a machine needs the network. */
  @Test
  void whatAPackageHasInstalledIsUsedAndTheRestIsMade() throws IOException {
    Path packaged = Files.createDirectories(root.resolve("packaged"));
    Path program = Files.createDirectory(packaged.resolve("p"));
    Path own = root.resolve("own");
    CacheDirectory cache =
        CacheDirectory.of(
            Map.of("RESEAL_EMBEDDED", packaged.toString(), "RESEAL_CACHE", own.toString()));

    assertThat(cache.existing("p")).contains(program);
    assertThat(cache.directory("p", directory -> fail("it was made again"))).isEqualTo(program);
    assertThat(cache.existing("q")).isEmpty();
    assertThat(cache.directory("q", directory -> {})).isEqualTo(own.resolve("q"));
    assertThat(cache.existing("q")).contains(own.resolve("q"));
    assertThat(packaged.resolve("q")).doesNotExist();
  }
}
