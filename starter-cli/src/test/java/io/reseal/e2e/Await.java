package io.reseal.e2e;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;

/** Waits for something that another process does, and fails when it does not happen in time. */
final class Await {

  /** Far beyond what anything here takes on a busy machine. */
  static final Duration LIMIT = Duration.ofSeconds(90);

  private static final long POLL_MILLIS = 20;

  /**
   * Each check may be a command or a query, which the processes that are waited for pay for. So the
   * longer the wait, the longer the pauses: a twentieth of it, at most this.
   */
  private static final long LONGEST_POLL_MILLIS = 200;

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
    return value(what, LIMIT, source, waited -> CLOSE_POLL_MILLIS);
  }

  static <T> T value(String what, Duration limit, Supplier<Optional<T>> source) {
    return value(
        what,
        limit,
        source,
        waited -> Math.max(POLL_MILLIS, Math.min(LONGEST_POLL_MILLIS, waited / 20)));
  }

  /**
   * @param pause how many milliseconds the next pause lasts after a wait of so many
   */
  private static <T> T value(
      String what, Duration limit, Supplier<Optional<T>> source, LongUnaryOperator pause) {
    long start = System.nanoTime();
    while (true) {
      Optional<T> value = source.get();
      if (value.isPresent()) {
        return value.get();
      }
      long waited = System.nanoTime() - start;
      if (waited > limit.toNanos()) {
        throw new AssertionError("Not within %s: %s".formatted(limit, what));
      }
      pause(pause.applyAsLong(TimeUnit.NANOSECONDS.toMillis(waited)));
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
