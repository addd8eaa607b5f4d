package io.reseal.pieces;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Ends transfers whose source sends nothing for too long: a read would wait forever. */
final class StallWatch {

  private final ScheduledExecutorService scheduler;
  private final Duration stall;

  /**
   * @param stall how long a source may send nothing
   */
  StallWatch(ScheduledExecutorService scheduler, Duration stall) {
    this.scheduler = scheduler;
    this.stall = stall;
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

    private Guard(Runnable abort) {
      this.abort = abort;
      long period = Math.max(1, stall.toMillis() / 4);
      this.checks =
          scheduler.scheduleWithFixedDelay(this::check, period, period, TimeUnit.MILLISECONDS);
    }

    /** Like the stream's own read; if this watch ends it, that is reported as an error. */
    int read(InputStream body, byte[] chunk) throws IOException {
      waitingSince = System.nanoTime();
      try {
        int count = body.read(chunk);
        // An aborted stream may simply end.
        if (stalled) {
          throw stalled(null);
        }
        return count;
      } catch (IOException e) {
        throw stalled ? stalled(e) : e;
      } finally {
        waitingSince = IDLE;
      }
    }

    private IOException stalled(IOException cause) {
      return new IOException("no bytes for %d s".formatted(stall.toSeconds()), cause);
    }

    private void check() {
      long since = waitingSince;
      if (since != IDLE && System.nanoTime() - since > stall.toNanos()) {
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
