package io.reseal.up;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RetryPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Keeps one service of the installation running: starts it again when it dies, after longer and
 * longer waits, until it has died too often shortly after its start.
 */
final class KeptService implements AutoCloseable {

  /** How a service that dies is started again. */
  record Pace(Duration firstWait, Duration longestWait, int attempts, Duration stable) {

    static final Pace USUAL =
        new Pace(Duration.ofSeconds(1), Duration.ofSeconds(30), 8, Duration.ofSeconds(20));
  }

  /** Starts the service and returns when it answers. */
  interface Start {
    Service start() throws IOException;
  }

  /** What happens to the service, for people. */
  interface Listener {
    void line(String text);

    /** It is not started any more. */
    void gaveUp(KeptService service, Throwable last);
  }

  private static final Duration STOP_LIMIT = Duration.ofSeconds(90);

  private final Start start;
  private final Pace pace;
  private final Listener listener;
  private final ExecutorService restarts = Executors.newSingleThreadExecutor();
  private Service current;
  private boolean closed;

  /**
   * @param first the running service
   * @param start starts another one in its place
   */
  KeptService(Service first, Start start, Pace pace, Listener listener) {
    this.current = first;
    this.start = start;
    this.pace = pace;
    this.listener = listener;
  }

  String name() {
    return current().name();
  }

  private synchronized Service current() {
    return current;
  }

  /** From now on it is started again when it dies. */
  synchronized void watch() {
    Service watched = current;
    var unused = watched.ended().thenRun(() -> ended(watched));
  }

  private synchronized void ended(Service service) {
    if (closed) {
      return;
    }
    if (service.isDone()) {
      listener.line(
          "The %s is drained and has ended; everything else goes on. Stop and start this again for a new one."
              .formatted(name()));
      return;
    }
    restarts.execute(this::startAgain);
  }

  private void startAgain() {
    listener.line("%s ended unexpectedly and is started again.".formatted(name()));
    RetryPolicy<Object> policy =
        RetryPolicy.builder()
            .withBackoff(pace.firstWait(), pace.longestWait())
            .withMaxAttempts(pace.attempts())
            .abortOn(InterruptedException.class)
            .build();
    try {
      Failsafe.with(policy).run(this::startOnce);
      watch();
    } catch (FailsafeException e) {
      giveUp(e.getCause());
    } catch (RuntimeException e) {
      giveUp(e);
    }
  }

  private void startOnce() throws Exception {
    Service started = start.start();
    adopt(started);
    try {
      started.ended().get(pace.stable().toMillis(), TimeUnit.MILLISECONDS);
      throw UpException.failed(
          "%s ended within %d s.".formatted(started.name(), pace.stable().toSeconds()), null);
    } catch (TimeoutException e) {
      listener.line("%s runs again: %s".formatted(started.name(), started.where()));
    } catch (ExecutionException e) {
      throw UpException.failed("%s failed.".formatted(started.name()), e.getCause());
    }
  }

  private synchronized void adopt(Service started) throws InterruptedException {
    if (closed) {
      started.close();
      throw new InterruptedException();
    }
    current = started;
  }

  private synchronized void giveUp(Throwable last) {
    if (!closed) {
      listener.gaveUp(this, last);
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    restarts.shutdownNow();
    try {
      // A start that is under way must not leave a process behind.
      if (!restarts.awaitTermination(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        listener.line("The start of %s could not be stopped.".formatted(name()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    current().close();
  }
}
