package io.reseal.appraisal;

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
public final class BatchPlan {

  /** A thread that was not reported for so long is not counted. */
  private static final Duration FRESH = Duration.ofMinutes(2);

  private static final String PLAN = "rebuild";

  /** When each thread is free, in epoch milliseconds. */
  private final PriorityQueue<Long> free;

  private BatchPlan(PriorityQueue<Long> free) {
    this.free = free;
  }

  /** A plan for a batch that begins now. */
  public static BatchPlan of(BatchRecord batch, List<ThreadRow> threads, Instant now) {
    return on(threads(batch, threads, now), now);
  }

  /** A plan for so many threads, all free now. */
  public static BatchPlan on(int threads, Instant now) {
    return new BatchPlan(new PriorityQueue<>(Collections.nCopies(threads, now.toEpochMilli())));
  }

  /** How many threads work on a batch at a time. */
  public static int threads(BatchRecord batch, List<ThreadRow> threads, Instant now) {
    return Math.min(taking(batch.host(), threads, now), batch.parallel());
  }

  /**
   * How many threads take work.
   *
   * @param host the only one that counts, or null
   */
  public static int taking(String host, List<ThreadRow> threads, Instant now) {
    return (int)
        threads.stream()
            .filter(thread -> takesWork(thread, now))
            .filter(thread -> host == null || host.equals(thread.host()))
            .count();
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
  public Stream<Long> ends(List<Duration> works) {
    boolean known = !free.isEmpty() && works.stream().allMatch(work -> work != null);
    return works.stream().map(work -> known ? end(work) : null);
  }

  /** Does these first; those of which the time is not known take none. */
  public void begin(List<Duration> works) {
    works.stream().filter(work -> work != null).forEach(this::end);
  }

  /** Does one more repair if it ends by then; returns whether it does. */
  boolean endsBy(long last, Duration work) {
    boolean ends = !free.isEmpty() && free.peek() + work.toMillis() <= last;
    if (ends) {
      end(work);
    }
    return ends;
  }

  private Long end(Duration work) {
    long end = free.remove() + work.toMillis();
    free.add(end);
    return end;
  }
}
