package io.reseal.steps;

import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCanceledException;
import io.temporal.client.ActivityCompletionException;
import io.temporal.client.ActivityCompletionFailureException;
import io.temporal.client.ActivityNotExistsException;
import io.temporal.failure.TimeoutFailure;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Heartbeats of one activity attempt from a background thread, while its own thread works. When the
 * attempt is no longer wanted (cancelled, worker stopping) a callback stops the work. When it is
 * lost (the server was away for longer than the heartbeat timeout, or has given the attempt up)
 * another callback decides, because the work may still be wanted. A cancelled attempt keeps sending
 * heartbeats until the work has stopped; otherwise the server could give it up too early, and its
 * files might be removed while it still uses them.
 */
public final class Heartbeat implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

  private static final Duration SHORTEST_PERIOD = Duration.ofSeconds(1);

  /** A cancellation arrives with the answer to a heartbeat, so this is how long one takes. */
  private static final Duration LONGEST_PERIOD = Duration.ofSeconds(5);

  /** So many may be lost before the attempt is given up. */
  private static final int IN_A_TIMEOUT = 12;

  private final ActivityExecutionContext context;
  private final Supplier<Object> details;
  private final Runnable stop;
  private final Map<String, String> logContext = MDC.getCopyOfContextMap();
  private final ScheduledFuture<?> beats;
  private final Runnable lose;
  private volatile ActivityCompletionException unwanted;
  private volatile boolean lost;

  /**
   * @param details supplies the details of each heartbeat
   * @param stop ends the work; called at most once, from the background thread
   * @param lose called at most once, from the background thread, when the attempt is lost
   */
  public Heartbeat(
      ScheduledExecutorService scheduler,
      ActivityExecutionContext context,
      Supplier<Object> details,
      Runnable stop,
      Runnable lose) {
    this.context = context;
    this.details = details;
    this.stop = stop;
    this.lose = lose;
    this.beats =
        scheduler.scheduleAtFixedRate(
            this::beat,
            0,
            period(context.getInfo().getHeartbeatTimeout()).toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /**
   * As rarely as the timeout allows, because each heartbeat of each step and hold in the fleet is a
   * request to Temporal and a write to its database.
   *
   * @param timeout after which an attempt without heartbeats is given up
   */
  static Duration period(Duration timeout) {
    Duration wanted = timeout.dividedBy(IN_A_TIMEOUT);
    if (wanted.compareTo(LONGEST_PERIOD) > 0) {
      return LONGEST_PERIOD;
    }
    return wanted.compareTo(SHORTEST_PERIOD) < 0 ? SHORTEST_PERIOD : wanted;
  }

  /** Throws if the attempt was ended from outside. */
  public void throwIfUnwanted() {
    if (unwanted != null) {
      throw unwanted;
    }
  }

  /** Whether the server cannot be told of this attempt any more. */
  boolean isLost() {
    return lost;
  }

  @Override
  public void close() {
    beats.cancel(false);
  }

  private void ended(ActivityCompletionException e) {
    if (unwanted != null) {
      return;
    }
    if (isLoss(e)) {
      lost = true;
      lose.run();
    } else {
      unwanted = e;
      stop.run();
    }
  }

  /** Temporal's own client ends an attempt whose heartbeats cannot be sent for its timeout. */
  private static boolean isLoss(ActivityCompletionException e) {
    return e instanceof ActivityNotExistsException
        || e instanceof ActivityCompletionFailureException
        || e.getCause() instanceof TimeoutFailure;
  }

  private void beat() {
    if (unwanted != null && !(unwanted instanceof ActivityCanceledException)) {
      return;
    }
    try {
      if (logContext != null) {
        MDC.setContextMap(logContext);
      }
      Object now = details.get();
      if (!lost) {
        context.heartbeat(now);
      }
    } catch (ActivityCompletionException e) {
      ended(e);
    } catch (RuntimeException e) {
      // One failed heartbeat must not end the others: the next one may get through.
      LOG.warn("A heartbeat failed", e);
    } finally {
      MDC.clear();
    }
  }
}
