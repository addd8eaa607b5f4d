package io.reseal.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A file system that hangs is a FIFO that nobody opens, or a latch. */
@Timeout(60)
class FileWorkTest {

  private static final FileWork.Patience ENDLESS = silent -> {};

  @TempDir Path dir;

  private static void leave(Duration silent) {
    throw new IllegalStateException("Left.");
  }

  @Test
  void givesTheResultOrTheFailureOfTheWork() throws Exception {
    assertThat(FileWork.call(() -> 1, ENDLESS)).isEqualTo(1);
    assertThatThrownBy(
            () ->
                FileWork.call(
                    () -> {
                      throw new IOException("It failed.");
                    },
                    ENDLESS))
        .isInstanceOf(IOException.class)
        .hasMessage("It failed.");
  }

  // Catches: a caller that waits in the kernel together with its work.
  @Test
  void aCallerIsNotHeldByAFileThatHangs() throws Exception {
    Path fifo = dir.resolve("fifo");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();

    assertThatThrownBy(() -> FileWork.call(() -> Files.readAllBytes(fifo), FileWorkTest::leave))
        .hasMessage("Left.");

    // Lets the thread that was left end.
    Files.newOutputStream(fifo).close();
  }

  // Catches: work that was left, wakes up much later, and renames or deletes something after all.
  @Test
  void workThatWasLeftChangesNothingMoreWhenItWakesUp() throws Exception {
    CountDownLatch hang = new CountDownLatch(1);
    CountDownLatch began = new CountDownLatch(1);
    CompletableFuture<Throwable> end = new CompletableFuture<>();
    Durable durable = new Durable();
    Path from = Files.writeString(dir.resolve("from"), "x");
    Path to = dir.resolve("to");

    assertThatThrownBy(
            () ->
                FileWork.call(
                    () -> {
                      began.countDown();
                      hang.await();
                      try {
                        durable.rename(from, to);
                      } catch (RuntimeException e) {
                        end.complete(e);
                      }
                      return null;
                    },
                    silent -> {
                      if (began.getCount() == 0) {
                        leave(silent);
                      }
                    }))
        .hasMessage("Left.");
    hang.countDown();

    assertThat(end.get(30, TimeUnit.SECONDS)).hasMessageContaining("was given up");
    assertThat(from).exists();
    assertThat(to).doesNotExist();
  }

  // Catches: a long copy that makes progress all the time and is taken for one that hangs.
  @Test
  void eachOperationIsASignOfLife() throws Exception {
    CountDownLatch seen = new CountDownLatch(3);
    Duration work =
        FileWork.call(
            () -> {
              long began = System.nanoTime();
              while (seen.getCount() > 0) {
                FileWork.proceed();
                Thread.onSpinWait();
              }
              return Duration.ofNanos(System.nanoTime() - began);
            },
            silent -> {
              // The work lasts for several looks, and has just given a sign at each of them.
              assertThat(silent).isLessThan(Duration.ofSeconds(10));
              seen.countDown();
            });
    assertThat(work).isPositive();
  }
}
