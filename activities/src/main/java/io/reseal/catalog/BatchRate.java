package io.reseal.catalog;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * How fast a batch finishes sectors, by the last ones.
 *
 * @param perHour sectors finished an hour
 */
public record BatchRate(double perHour) {

  /** It is calculated from the ends of this many rebuilds, and the one before them. */
  static final int RECENT = 20;

  private static final double MILLIS_PER_HOUR = Duration.ofHours(1).toMillis();

  /**
   * The rate of a batch; empty before its first sector is finished.
   *
   * @param ends when its sectors were finished, in epoch milliseconds, at least the last ones
   * @param now the time until which it counts, unless the batch has ended
   */
  public static Optional<BatchRate> of(BatchRecord batch, List<Long> ends, long now) {
    List<Long> last = ends.stream().sorted(Comparator.reverseOrder()).limit(RECENT + 1).toList();
    if (last.isEmpty()) {
      return Optional.empty();
    }
    boolean one = last.size() == 1;
    long since = one ? batch.startedAt() : last.get(last.size() - 1);
    long until = batch.endedAt() == null ? now : last.get(0);
    return Optional.of(
        new BatchRate((one ? 1 : last.size() - 1) * MILLIS_PER_HOUR / Math.max(1, until - since)));
  }

  /** Seconds until the rest is finished at this rate; parked ones are not part of it. */
  public long secondsLeft(BatchCounts counts) {
    return Math.round(
        (counts.running() + counts.queued()) * Duration.ofHours(1).toSeconds() / perHour);
  }
}
