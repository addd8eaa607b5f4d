package io.reseal.fleet;

import io.reseal.plan.Step;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * How long the steps of a simulated host take: the times of an empty sector of 32 GiB, measured or
 * calculated in docs/performance.md, divided by a number.
 *
 * @param faster by what the times are divided
 */
record Pace(int faster) {

  private static final Map<Step, Duration> TIMES = new EnumMap<>(Step.class);

  static {
    TIMES.put(Step.FETCH_PIECES, Duration.ofSeconds(2));
    TIMES.put(Step.ADD_PIECES, Duration.ofSeconds(90));
    TIMES.put(Step.TREE_D, Duration.ofSeconds(52));
    TIMES.put(Step.PC1, Duration.ofHours(3));
    TIMES.put(Step.PC2, Duration.ofMinutes(20));
    TIMES.put(Step.CHECK_SEALED, Duration.ofMinutes(1));
    TIMES.put(Step.PERSIST, Duration.ofMinutes(5));
    TIMES.put(Step.CHECK_STORED, Duration.ofMinutes(3));
  }

  long millis(Step step) {
    return TIMES.getOrDefault(step, Duration.ZERO).toMillis() / faster;
  }

  /** What a whole sector takes. */
  long millisOfSector() {
    return TIMES.keySet().stream().mapToLong(this::millis).sum();
  }
}
