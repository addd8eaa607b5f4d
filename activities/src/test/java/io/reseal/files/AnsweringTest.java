package io.reseal.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AnsweringTest {

  @TempDir Path dir;

  // Catches: a directory that hangs and is asked again and again, each time with another thread
  // that never ends, or that is not used any more once it answers again.
  @Test
  void oneThatHangsIsAskedOnceUntilItAnswers() throws Exception {
    CountDownLatch hang = new CountDownLatch(1);
    CountDownLatch awake = new CountDownLatch(1);
    AtomicInteger asked = new AtomicInteger();
    Answering answering =
        new Answering(
            dir,
            () -> {
              asked.incrementAndGet();
              try {
                hang.await();
              } catch (InterruptedException e) {
                throw new IOException(e);
              } finally {
                awake.countDown();
              }
            },
            Duration.ofMillis(20));

    assertThat(answering.answers()).isFalse();
    assertThat(answering.answers()).isFalse();
    assertThat(answering.answers()).isFalse();
    assertThat(asked).hasValue(1);

    hang.countDown();
    awake.await();
    while (!answering.answers()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void anErrorIsAnAnswer() {
    assertThat(new Answering(dir.resolve("missing"), Duration.ofSeconds(30)).answers()).isTrue();
    assertThat(new Answering(dir, Duration.ofSeconds(30)).answers()).isTrue();
  }

  // Catches: a store that hangs and is chosen all the same, or blocks the choice of another one.
  @Test
  void aStoreThatHangsIsPassedOver() throws Exception {
    Path hanging = Files.createDirectory(dir.resolve("hanging"));
    CountDownLatch hang = new CountDownLatch(1);
    Store good = new Store("good", Files.createDirectory(dir.resolve("good")), false);
    Answering never =
        new Answering(
            hanging,
            () -> {
              try {
                hang.await();
              } catch (InterruptedException e) {
                throw new IOException(e);
              }
            },
            Duration.ofMillis(20));
    Store bad =
        new Store(
            "bad",
            hanging,
            false,
            StoreIdentities.none(),
            EndedRuns.UNKNOWN,
            new Durable(),
            FreeSpace.ofDisk(),
            Clock.systemUTC(),
            never);
    Stores stores = new Stores(List.of(bad, good));

    assertThat(stores.usable()).containsExactly(good);
    assertThat(stores.choose(TestSector.ID, TestSector.KIND).distinct()).containsExactly(good);
    assertThat(bad.refusal(TestSector.ID, TestSector.PROOF.size(), TestSector.KIND.storedTypes()))
        .hasValueSatisfying(why -> assertThat(why).contains("does not answer"));
    hang.countDown();
  }
}
