package io.reseal.e2e;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for something that another process brings about; fails when it does not come in time. */
final class Await {

  /** Far beyond what anything here takes on a busy machine. */
  static final Duration LIMIT = Duration.ofSeconds(90);

  private static final long POLL_MILLIS = 5;

  private Await() {}

  static void until(String what, BooleanSupplier condition) {
    var unused = value(what, () -> condition.getAsBoolean() ? Optional.of(true) : Optional.empty());
  }

  /** The value, as soon as there is one. */
  static <T> T value(String what, Supplier<Optional<T>> source) {
    return value(what, LIMIT, source);
  }

  static <T> T value(String what, Duration limit, Supplier<Optional<T>> source) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      Optional<T> value = source.get();
      if (value.isPresent()) {
        return value.get();
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError("Not within %s: %s".formatted(limit, what));
      }
      pause();
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("The wait was interrupted.", e);
    }
  }
}
