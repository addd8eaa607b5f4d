package io.reseal.files;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Which stores failed during a write a short while ago: others are preferred to them. */
final class StoreMarks {

  private static final Duration WHILE = Duration.ofMinutes(10);

  private record Mark(long since, String why) {}

  private final LongSupplier nanos;
  private final Map<Store, Mark> marks = new HashMap<>();

  StoreMarks(LongSupplier nanos) {
    this.nanos = nanos;
  }

  synchronized void mark(Store store, String why) {
    marks.put(store, new Mark(nanos.getAsLong(), why));
  }

  /** A write to the store has succeeded. */
  synchronized void clear(Store store) {
    marks.remove(store);
  }

  /** What failed, if the store is marked. */
  synchronized Optional<String> why(Store store) {
    marks.values().removeIf(mark -> nanos.getAsLong() - mark.since() >= WHILE.toNanos());
    return Optional.ofNullable(marks.get(store)).map(Mark::why);
  }
}
