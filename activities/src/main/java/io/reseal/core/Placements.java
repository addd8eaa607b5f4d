package io.reseal.core;

import io.reseal.config.Processor;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * Assigns the stage processes of one kind to processors: each gets the processor with the most
 * spare capacity, the first one on a tie.
 */
final class Placements {

  private final List<Processor> processors;
  private final int[] running;

  Placements(List<Processor> processors) {
    this.processors = List.copyOf(processors);
    this.running = new int[processors.size()];
  }

  /**
   * Takes a place for one stage process, until it is returned.
   *
   * @param fit the processors it may run on; if none matches, it may run on any
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

  /** One stage process's place; closing it returns it, once. */
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
