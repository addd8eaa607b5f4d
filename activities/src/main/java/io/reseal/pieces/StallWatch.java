package io.reseal.pieces;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Ends transfers whose source sends nothing for too long, so that a read would wait forever, or
 * sends so little that the piece would never be complete.
 */
final class StallWatch {

  /** The least bytes per second, on average over {@link #WINDOW} stalls of waiting. */
  private static final long LEAST_RATE = 1 << 10;

  private static final int WINDOW = 5;

  private final ScheduledExecutorService scheduler;
  private final Duration stall;
  private final LongSupplier nanos;

  /**
   * @param stall how long a source may send nothing
   */
  StallWatch(ScheduledExecutorService scheduler, Duration stall) {
    this(scheduler, stall, System::nanoTime);
  }

  StallWatch(ScheduledExecutorService scheduler, Duration stall, LongSupplier nanos) {
    this.scheduler = scheduler;
    this.stall = stall;
    this.nanos = nanos;
  }

  /** Watches over one transfer until it is closed. */
  Guard guard(Runnable abort) {
    return new Guard(abort);
  }

  /** Guards the reads of one transfer, so that none waits too long. */
  final class Guard implements AutoCloseable {

    private static final long IDLE = Long.MIN_VALUE;

    private final Runnable abort;
    private final ScheduledFuture<?> checks;
    private volatile long waitingSince = IDLE;
    private volatile boolean stalled;

    /** Time spent waiting for the source, and what it sent in that time, since the last look. */
    private long waited;

    private long received;

    private Guard(Runnable abort) {
      this.abort = abort;
      long period = Math.max(1, stall.toMillis() / 4);
      this.checks =
          scheduler.scheduleWithFixedDelay(this::check, period, period, TimeUnit.MILLISECONDS);
    }

    /** Like the stream's own read; if this watch ends it, that is reported as an error. */
    int read(InputStream body, byte[] chunk) throws IOException {
      long began = nanos.getAsLong();
      waitingSince = began;
      try {
        int count = body.read(chunk);
        // An aborted stream may simply end.
        if (stalled) {
          throw stalled(null);
        }
        refuseCrawling(nanos.getAsLong() - began, count);
        return count;
      } catch (IOException e) {
        throw stalled ? stalled(e) : e;
      } finally {
        waitingSince = IDLE;
      }
    }

    /** Only time spent waiting counts, so that this host's own limits are not held against it. */
    private void refuseCrawling(long time, int count) throws SourceException {
      waited += time;
      received += Math.max(0, count);
      if (count < 0 || waited < stall.multipliedBy(WINDOW).toNanos()) {
        return;
      }
      long seconds = Math.max(1, Duration.ofNanos(waited).toSeconds());
      if (received < LEAST_RATE * seconds) {
        throw SourceException.refused("sends only %d bytes in %d s".formatted(received, seconds));
      }
      waited = 0;
      received = 0;
    }

    private IOException stalled(IOException cause) {
      return new IOException("no bytes for %d s".formatted(stall.toSeconds()), cause);
    }

    private void check() {
      long since = waitingSince;
      if (since != IDLE && nanos.getAsLong() - since > stall.toNanos()) {
        stalled = true;
        abort.run();
      }
    }

    @Override
    public void close() {
      checks.cancel(false);
    }
  }
}
