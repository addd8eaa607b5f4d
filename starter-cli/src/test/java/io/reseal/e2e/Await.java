package io.reseal.e2e;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for something that another process does, and fails when it does not happen in time. */
final class Await {

  /** Far beyond what anything here takes on a busy machine. */
  static final Duration LIMIT = Duration.ofSeconds(90);

  /** Each check may be a command or a query, which the processes that are waited for pay for. */
  private static final long POLL_MILLIS = 20;

  /** For what lasts a third of a second, and is checked by looking at files. */
  private static final long CLOSE_POLL_MILLIS = 5;

  private Await() {}

  static void until(String what, BooleanSupplier condition) {
    value(what, () -> condition.getAsBoolean() ? Optional.of(true) : Optional.empty());
  }

  /** The value, as soon as there is one. */
  static <T> T value(String what, Supplier<Optional<T>> source) {
    return value(what, LIMIT, source);
  }

  /** The same for a value that soon changes again. */
  static <T> T brief(String what, Supplier<Optional<T>> source) {
    return value(what, LIMIT, CLOSE_POLL_MILLIS, source);
  }

  static <T> T value(String what, Duration limit, Supplier<Optional<T>> source) {
    return value(what, limit, POLL_MILLIS, source);
  }

  private static <T> T value(
      String what, Duration limit, long pollMillis, Supplier<Optional<T>> source) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      Optional<T> value = source.get();
      if (value.isPresent()) {
        return value.get();
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError("Not within %s: %s".formatted(limit, what));
      }
      pause(pollMillis);
    }
  }

  static void pause(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("The wait was interrupted.", e);
    }
  }
}
