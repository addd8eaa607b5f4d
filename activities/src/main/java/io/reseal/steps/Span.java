package io.reseal.steps;

import java.util.concurrent.TimeUnit;

/**
 * When something began, and how long it has lasted since: the length is right even if the host's
 * clock is set meanwhile.
 *
 * @param startedAt epoch milliseconds by the host's clock
 * @param startedNanos {@link System#nanoTime} at that moment
 */
record Span(long startedAt, long startedNanos) {

  static Span begin() {
    return new Span(System.currentTimeMillis(), System.nanoTime());
  }

  /** Epoch milliseconds now, by the clock as it was set at the start. */
  long endsNow() {
    return endsAt(System.nanoTime());
  }

  long endsAt(long nanos) {
    return startedAt + TimeUnit.NANOSECONDS.toMillis(nanos - startedNanos);
  }
}
