package io.reseal.cli.batch;

import io.reseal.catalog.BatchRecord;
import io.reseal.catalog.ThreadRow;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.Stream;

/**
 * When the sectors of a batch would be in their stores if each repair took its usual time, on the
 * sealing threads that there are when the batch begins. Threads that share a host's cores and GPUs
 * slow each other down, which this leaves out.
 */
final class BatchPlan {

  /** A thread that was not reported for so long is not counted. */
  private static final Duration FRESH = Duration.ofMinutes(2);

  private static final String PLAN = "rebuild";

  /** When each thread is free, in epoch milliseconds. */
  private final PriorityQueue<Long> free;

  private BatchPlan(PriorityQueue<Long> free) {
    this.free = free;
  }

  /** A plan for a batch that begins now. */
  static BatchPlan of(BatchRecord batch, List<ThreadRow> threads, Instant now) {
    return on(threads(batch, threads, now), now);
  }

  /** A plan for so many threads, all free now. */
  static BatchPlan on(int threads, Instant now) {
    return new BatchPlan(new PriorityQueue<>(Collections.nCopies(threads, now.toEpochMilli())));
  }

  /** How many threads work on a batch at a time. */
  static int threads(BatchRecord batch, List<ThreadRow> threads, Instant now) {
    long taking =
        threads.stream()
            .filter(thread -> takesWork(thread, now))
            .filter(thread -> batch.host() == null || batch.host().equals(thread.host()))
            .count();
    return (int) Math.min(taking, batch.parallel());
  }

  private static boolean takesWork(ThreadRow thread, Instant now) {
    return thread.plan().equals(PLAN)
        && !thread.paused()
        && !thread.faulted()
        && thread.seenAt().isAfter(now.minus(FRESH));
  }

  /**
   * When each of the repairs ends, in the order in which they begin: epoch milliseconds, or null
   * for all if one of the times is not known or no thread takes work.
   *
   * @param works how long each takes, or null where that is not known
   */
  Stream<Long> ends(List<Duration> works) {
    boolean known = !free.isEmpty() && works.stream().allMatch(work -> work != null);
    return works.stream().map(work -> known ? end(work) : null);
  }

  private Long end(Duration work) {
    long end = free.remove() + work.toMillis();
    free.add(end);
    return end;
  }
}
