package io.reseal.pieces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StallWatchTest {

  private static final Duration STALL = Duration.ofSeconds(60);

  private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
  private long nanos;
  private final StallWatch watch = new StallWatch(scheduler, STALL, () -> nanos);

  @AfterEach
  void stop() {
    scheduler.shutdownNow();
  }

  /** A source that sends so many bytes each so many seconds. */
  private InputStream source(int bytes, long seconds) {
    return new InputStream() {
      @Override
      public int read() {
        throw new AssertionError("Only chunks are read.");
      }

      @Override
      public int read(byte[] chunk, int offset, int length) {
        nanos += TimeUnit.SECONDS.toNanos(seconds);
        return bytes;
      }
    };
  }

  // Catches: a source that sends one byte a minute and keeps the rebuild waiting for years.
  @Test
  void aSourceThatCrawlsIsGivenUp() throws IOException {
    InputStream crawling = source(1, 59);
    try (StallWatch.Guard guard = watch.guard(() -> {})) {
      for (int minute = 1; minute < 6; minute++) {
        assertThat(guard.read(crawling, new byte[16])).isEqualTo(1);
      }
      assertThatThrownBy(() -> guard.read(crawling, new byte[16]))
          .isInstanceOfSatisfying(SourceException.class, e -> assertThat(e.isPassing()).isFalse())
          .hasMessage("sends only 6 bytes in 354 s");
    }
  }

  @Test
  void aSlowSourceThatGetsOnIsNot() throws IOException {
    InputStream slow = source(60 << 10, 59);
    try (StallWatch.Guard guard = watch.guard(() -> {})) {
      for (int minute = 0; minute < 100; minute++) {
        assertThat(guard.read(slow, new byte[16])).isEqualTo(60 << 10);
      }
    }
  }

  // Catches: this host's own pauses, by its limit of bytes per second, held against the source.
  @Test
  void timeBetweenReadsDoesNotCount() throws IOException {
    InputStream quick = source(1, 0);
    try (StallWatch.Guard guard = watch.guard(() -> {})) {
      for (int minute = 0; minute < 100; minute++) {
        assertThat(guard.read(quick, new byte[16])).isEqualTo(1);
        nanos += TimeUnit.MINUTES.toNanos(1);
      }
    }
  }
}
