package io.reseal.options;

import io.reseal.contract.Names;
import io.reseal.contract.RebuildRequest;
import io.reseal.contract.ThreadGrant;
import io.reseal.contract.Timings;
import io.reseal.plan.Step;
import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.Priority;
import io.temporal.common.RetryOptions;
import java.time.Duration;

/** The options of all activities, by kind of work. */
public final class ActivityProfiles {

  /** Silence after which a host is considered to have died while it gave a thread back. */
  private static final Duration RELEASE_SILENCE = Duration.ofSeconds(10);

  /** The first of Temporal's five priorities. */
  private static final int URGENT = 1;

  /** Temporal's own default. */
  private static final int USUAL = 3;

  private final Timings timings;
  private final Priority priority;

  /** The options of a rebuild's activities. */
  public ActivityProfiles(RebuildRequest request) {
    this.timings = request.timings();
    this.priority = priority(request);
  }

  /**
   * Which of the rebuilds that wait gets a thread that becomes free. A server that knows fairness
   * gives each miner its share among those of a level; others ignore the key.
   */
  private static Priority priority(RebuildRequest request) {
    int usual = request.urgent() ? URGENT : USUAL;
    return Priority.newBuilder()
        .setPriorityKey(request.priority() == null ? usual : request.priority())
        .setFairnessKey(request.sector().minerAddress())
        .build();
  }

  /**
   * A rebuild's short work on the catalog, by any worker. Retried without end: while MariaDB is
   * away a rebuild goes on sealing and catches up on its records later.
   */
  public ActivityOptions control(String summary) {
    return catalog(summary, Duration.ofMinutes(1));
  }

  /** The same for a batch, which reads and writes many sectors at a time. */
  public static ActivityOptions batch(String summary) {
    return catalog(summary, Duration.ofMinutes(2));
  }

  /** Comparing the catalog with Temporal; if it fails, the next comparison follows anyway. */
  public static ActivityOptions reconcile(String summary) {
    return ActivityOptions.newBuilder()
        .setTaskQueue(Names.CONTROL_QUEUE)
        .setStartToCloseTimeout(Duration.ofMinutes(10))
        .setRetryOptions(attempts(3))
        .setSummary(summary)
        .build();
  }

  /**
   * Checks of copies in a host's stores. A host that is away for long ends a tour; the next one
   * goes on.
   */
  public static ActivityOptions scrub(String host, String summary) {
    return ofStores(host, summary)
        .setStartToCloseTimeout(Duration.ofDays(7))
        .setHeartbeatTimeout(Duration.ofMinutes(1))
        .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
        .build();
  }

  /** Short work about the copies in a host's stores. */
  public static ActivityOptions aboutStores(String host, String summary) {
    return ofStores(host, summary).setStartToCloseTimeout(Duration.ofMinutes(10)).build();
  }

  /** Reading a miner's sectors from the chain, deadline by deadline; continues where it was. */
  public static ActivityOptions lossScan(String summary) {
    return ActivityOptions.newBuilder()
        .setTaskQueue(Names.CONTROL_QUEUE)
        .setStartToCloseTimeout(Duration.ofHours(2))
        .setHeartbeatTimeout(Duration.ofMinutes(10))
        .setRetryOptions(retry(Duration.ofSeconds(5), Duration.ofMinutes(1), 5))
        .setSummary(summary)
        .build();
  }

  /** A fresh look at a host's stores, for which a scan does not wait long. */
  public static ActivityOptions storeLook(String host, String summary) {
    return ActivityOptions.newBuilder()
        .setTaskQueue(Names.hostScrubQueue(host))
        .setScheduleToStartTimeout(Duration.ofMinutes(1))
        .setStartToCloseTimeout(Duration.ofHours(2))
        .setHeartbeatTimeout(Duration.ofMinutes(2))
        .setRetryOptions(retry(Duration.ofSeconds(5), Duration.ofMinutes(1), 3))
        .setSummary(summary)
        .build();
  }

  private static ActivityOptions.Builder ofStores(String host, String summary) {
    return ActivityOptions.newBuilder()
        .setTaskQueue(Names.hostScrubQueue(host))
        .setScheduleToStartTimeout(Duration.ofHours(1))
        .setRetryOptions(retry(Duration.ofSeconds(10), Duration.ofMinutes(5), 4))
        .setSummary(summary);
  }

  /**
   * Declaring files to the miner's software by the host that has them. A host or a software that is
   * away is left until the chain is looked at next.
   */
  public static ActivityOptions declare(String host, String summary) {
    return ActivityOptions.newBuilder()
        .setTaskQueue(Names.hostScrubQueue(host))
        .setScheduleToStartTimeout(Duration.ofMinutes(5))
        .setStartToCloseTimeout(Duration.ofMinutes(15))
        .setRetryOptions(retry(Duration.ofSeconds(10), Duration.ofMinutes(1), 4))
        .setSummary(summary)
        .build();
  }

  /** A look at the chain, by any worker; nothing else can be done while no node answers. */
  public static ActivityOptions look(String summary) {
    return ActivityOptions.newBuilder()
        .setTaskQueue(Names.CONTROL_QUEUE)
        .setStartToCloseTimeout(Duration.ofMinutes(10))
        .setRetryOptions(retry(Duration.ofSeconds(10), Duration.ofMinutes(10), 0))
        .setSummary(summary)
        .build();
  }

  /** An operator's command to a host, given once: a running worker takes it at once. */
  public static ActivityOptions hostCommand(String host, String summary) {
    return ActivityOptions.newBuilder()
        .setTaskQueue(Names.hostControlQueue(host))
        .setScheduleToStartTimeout(Duration.ofSeconds(10))
        .setStartToCloseTimeout(Duration.ofSeconds(30))
        .setRetryOptions(attempts(1))
        .setSummary(summary)
        .build();
  }

  private static ActivityOptions catalog(String summary, Duration most) {
    return ActivityOptions.newBuilder()
        .setTaskQueue(Names.CONTROL_QUEUE)
        .setStartToCloseTimeout(most)
        .setRetryOptions(retry(Duration.ofSeconds(1), Duration.ofMinutes(1), 0))
        .setSummary(summary)
        .build();
  }

  /** What a rebuild says besides: it goes without if that takes long. */
  public ActivityOptions advice(String summary) {
    return chain(summary).toBuilder()
        .setScheduleToCloseTimeout(Duration.ofMinutes(5))
        .setRetryOptions(attempts(2))
        .build();
  }

  /** Questions to the chain's nodes, several in a row, by any worker. */
  public ActivityOptions chain(String summary) {
    return control(summary).toBuilder().setStartToCloseTimeout(Duration.ofMinutes(10)).build();
  }

  /**
   * Holding a sealing thread: lasts as long as the rebuild works, sends heartbeats, and is retried
   * until a thread is free or the silent host is back.
   *
   * @param host the only host that may take it, or null for any
   */
  public ActivityOptions hold(String host, String summary) {
    return ActivityOptions.newBuilder()
        .setTaskQueue(host == null ? Names.HOLD_QUEUE : Names.hostHoldQueue(host))
        .setStartToCloseTimeout(Duration.ofDays(365))
        .setHeartbeatTimeout(timings.heartbeat())
        .setRetryOptions(retry(Duration.ofSeconds(1), Duration.ofSeconds(30), 0))
        .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
        .setPriority(priority)
        .setSummary(summary)
        .build();
  }

  /**
   * The same by the host that has the rebuild's thread already, which may be away for a while.
   *
   * @param grace for how long
   */
  public ActivityOptions holdAtItsHost(String host, Duration grace, String summary) {
    return hold(host, summary).toBuilder().setScheduleToStartTimeout(grace).build();
  }

  /**
   * A step on the host whose thread is held: may take hours, so only silence ends an attempt. No
   * schedule-to-start: the hold notices a host that is gone, and a busy slot is worth waiting for.
   * The thread's own number of retries takes precedence.
   */
  public ActivityOptions stage(Step step, ThreadGrant thread, String summary) {
    Duration first =
        thread.recoverInterval() == null ? timings.retryFirst() : thread.recoverInterval();
    int attempts = thread.maxRetries() == null ? timings.attempts() : thread.maxRetries() + 1;
    return ActivityOptions.newBuilder()
        .setTaskQueue(Names.hostQueue(thread.host(), step.resource()))
        .setStartToCloseTimeout(Duration.ofDays(30))
        .setHeartbeatTimeout(timings.heartbeat())
        .setRetryOptions(retry(first, timings.retryMost(), attempts))
        .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
        .setSummary(summary)
        .build();
  }

  /**
   * Giving a thread back: tried for a while, because the host may be gone for good. Sends
   * heartbeats, because removing scratch may take minutes and a host that dies meanwhile must be
   * noticed.
   */
  public ActivityOptions release(ThreadGrant thread, String summary) {
    return ActivityOptions.newBuilder()
        .setTaskQueue(Names.hostQueue(thread.host(), Step.Resource.IO))
        .setScheduleToStartTimeout(timings.heartbeat())
        .setStartToCloseTimeout(Duration.ofMinutes(10))
        .setHeartbeatTimeout(RELEASE_SILENCE)
        .setRetryOptions(retry(timings.retryFirst(), timings.retryMost(), timings.attempts()))
        .setSummary(summary)
        .build();
  }

  /** A question whose answer an operator waits for: asked once. */
  public ActivityOptions ask(ThreadGrant thread, String summary) {
    return ActivityOptions.newBuilder()
        .setTaskQueue(Names.hostQueue(thread.host(), Step.Resource.IO))
        .setScheduleToStartTimeout(timings.heartbeat())
        .setStartToCloseTimeout(Duration.ofMinutes(1))
        .setRetryOptions(retry(timings.retryFirst(), timings.retryMost(), 1))
        .setSummary(summary)
        .build();
  }

  private static RetryOptions attempts(int most) {
    return RetryOptions.newBuilder().setMaximumAttempts(most).build();
  }

  private static RetryOptions retry(Duration first, Duration most, int attempts) {
    return RetryOptions.newBuilder()
        .setInitialInterval(first)
        .setBackoffCoefficient(2)
        .setMaximumInterval(most.compareTo(first) < 0 ? first : most)
        .setMaximumAttempts(attempts)
        .build();
  }
}
