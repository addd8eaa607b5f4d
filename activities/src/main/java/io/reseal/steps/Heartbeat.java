package io.reseal.steps;

import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCanceledException;
import io.temporal.client.ActivityCompletionException;
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
 * attempt is no longer wanted (cancelled, given up by the server, worker stopping) a callback stops
 * the work. A cancelled attempt keeps sending heartbeats until the work has stopped; otherwise the
 * server could give it up too early, and its files might be removed while it still uses them.
 */
final class Heartbeat implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

  private static final long PERIOD_MILLIS = 1000;

  private final ActivityExecutionContext context;
  private final Supplier<Object> details;
  private final Runnable stop;
  private final Map<String, String> logContext = MDC.getCopyOfContextMap();
  private final ScheduledFuture<?> beats;
  private volatile ActivityCompletionException unwanted;

  /**
   * @param details supplies the details of each heartbeat
   * @param stop ends the work; called at most once, from the background thread
   */
  Heartbeat(
      ScheduledExecutorService scheduler,
      ActivityExecutionContext context,
      Supplier<Object> details,
      Runnable stop) {
    this.context = context;
    this.details = details;
    this.stop = stop;
    this.beats = scheduler.scheduleAtFixedRate(this::beat, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Throws if the attempt was ended from outside. */
  void throwIfUnwanted() {
    if (unwanted != null) {
      throw unwanted;
    }
  }

  @Override
  public void close() {
    beats.cancel(false);
  }

  private void beat() {
    if (unwanted != null && !(unwanted instanceof ActivityCanceledException)) {
      return;
    }
    try {
      if (logContext != null) {
        MDC.setContextMap(logContext);
      }
      context.heartbeat(details.get());
    } catch (ActivityCompletionException e) {
      if (unwanted == null) {
        unwanted = e;
        stop.run();
      }
    } catch (RuntimeException e) {
      // One failed heartbeat must not end the others: the next one may get through.
      LOG.warn("A heartbeat failed", e);
    } finally {
      MDC.clear();
    }
  }
}
