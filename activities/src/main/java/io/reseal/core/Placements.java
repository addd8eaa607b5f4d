package io.reseal.core;

import io.reseal.config.Processor;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * Where the stage processes of one kind run: each takes the processor with most spare capacity, the
 * first of several alike.
 */
final class Placements {

  private final List<Processor> processors;
  private final int[] running;

  Placements(List<Processor> processors) {
    this.processors = List.copyOf(processors);
    this.running = new int[processors.size()];
  }

  /**
   * A place for one stage process until it is given back.
   *
   * @param fit those that do for it; where none does, any
   */
  synchronized Place take(Predicate<Processor> fit) {
    boolean some = processors.stream().anyMatch(fit);
    int best = -1;
    for (int i = 0; i < running.length; i++) {
      if ((!some || fit.test(processors.get(i))) && (best < 0 || spare(i) > spare(best))) {
        best = i;
      }
    }
    running[best]++;
    return new Place(best);
  }

  private int spare(int index) {
    return processors.get(index).concurrent().orElse(Integer.MAX_VALUE) - running[index];
  }

  @Override
  public synchronized String toString() {
    return processors + " running " + Arrays.toString(running);
  }

  /** One stage process's place; given back once. */
  final class Place implements AutoCloseable {

    private final int index;
    private boolean taken = true;

    private Place(int index) {
      this.index = index;
    }

    Processor processor() {
      return processors.get(index);
    }

    @Override
    public void close() {
      synchronized (Placements.this) {
        if (taken) {
          taken = false;
          running[index]--;
        }
      }
    }
  }
}
