package io.reseal.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.files.HangingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checks of copies on a disk that hangs: a FIFO, which waits in the kernel until somebody opens its
 * other end.
 */
@Timeout(60)
class CheckWorkTest {

  @TempDir private Path dir;

  private final CountDownLatch begun = new CountDownLatch(1);
  private Path hanging;

  @BeforeEach
  void make() throws Exception {
    hanging = dir.resolve("copy");
    assertThat(new ProcessBuilder("mkfifo", hanging.toString()).start().waitFor()).isZero();
  }

  /** Lets go of what waits. */
  @AfterEach
  void open() throws Exception {
    Files.newByteChannel(hanging, StandardOpenOption.READ, StandardOpenOption.WRITE).close();
  }

  private String read() throws Exception {
    begun.countDown();
    return Files.readString(hanging);
  }

  // Catches: a tour that waits for a disk for ever.
  @Test
  void aCopyOnADiskThatHangsIsLeft() {
    CheckWork work = new CheckWork(null, Duration.ofMillis(1), null);

    assertThatThrownBy(() -> work.onFiles(this::read))
        .isInstanceOf(HangingException.class)
        .hasMessageContaining("without an answer");
    assertThat(work.isStopped()).isFalse();
  }

  // Catches: a tour that cannot be ended while a disk hangs.
  @Test
  void aCheckThatHangsEndsWhenItIsStopped() throws Exception {
    CheckWork work = new CheckWork(null, Duration.ofHours(1), null);
    CompletableFuture<String> check =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return work.onFiles(this::read);
              } catch (CheckWork.StoppedException e) {
                throw e;
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    begun.await();

    work.stop();

    assertThatThrownBy(check::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(CheckWork.StoppedException.class);
    assertThatThrownBy(() -> work.onFiles(() -> "another copy"))
        .isInstanceOf(CheckWork.StoppedException.class);
  }
}
