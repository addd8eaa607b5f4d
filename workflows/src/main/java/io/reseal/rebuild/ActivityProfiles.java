package io.reseal.rebuild;

import io.reseal.contract.Names;
import io.reseal.contract.ThreadGrant;
import io.reseal.contract.Timings;
import io.reseal.plan.Step;
import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import java.time.Duration;

/** Activity options by kind of work, in one place. */
final class ActivityProfiles {

  private final Timings timings;

  ActivityProfiles(Timings timings) {
    this.timings = timings;
  }

  /**
   * Short work on the catalog, by any worker. Retried without end: while MariaDB is away a rebuild
   * goes on sealing and catches up on its records later.
   */
  ActivityOptions control(String summary) {
    return ActivityOptions.newBuilder()
        .setTaskQueue(Names.CONTROL_QUEUE)
        .setStartToCloseTimeout(Duration.ofMinutes(1))
        .setRetryOptions(retry(Duration.ofSeconds(1), Duration.ofMinutes(1), 0))
        .setSummary(summary)
        .build();
  }

  /**
   * Holding a sealing thread: lasts as long as the rebuild works, heartbeats all the time, and is
   * retried on any host until a thread is free or the silent host is back.
   */
  ActivityOptions hold(String summary) {
    return ActivityOptions.newBuilder()
        .setTaskQueue(Names.HOLD_QUEUE)
        .setStartToCloseTimeout(Duration.ofDays(365))
        .setHeartbeatTimeout(timings.heartbeat())
        .setRetryOptions(retry(Duration.ofSeconds(1), Duration.ofSeconds(30), 0))
        .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
        .setSummary(summary)
        .build();
  }

  /**
   * A step on the host whose thread is held: may take hours, so only silence ends an attempt. No
   * schedule-to-start: the hold notices a host that is gone, and a busy slot is worth waiting for.
   */
  ActivityOptions stage(Step step, ThreadGrant thread, String summary) {
    return ActivityOptions.newBuilder()
        .setTaskQueue(Names.hostQueue(thread.host(), step.resource()))
        .setStartToCloseTimeout(Duration.ofDays(30))
        .setHeartbeatTimeout(timings.heartbeat())
        .setRetryOptions(retry(timings.retryFirst(), timings.retryMost(), timings.attempts()))
        .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
        .setSummary(summary)
        .build();
  }

  /** Giving a thread back: tried for a while, because the host may be gone for good. */
  ActivityOptions release(ThreadGrant thread, String summary) {
    return ActivityOptions.newBuilder()
        .setTaskQueue(Names.hostQueue(thread.host(), Step.Resource.IO))
        .setScheduleToStartTimeout(timings.heartbeat())
        .setStartToCloseTimeout(Duration.ofMinutes(10))
        .setRetryOptions(retry(timings.retryFirst(), timings.retryMost(), timings.attempts()))
        .setSummary(summary)
        .build();
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
