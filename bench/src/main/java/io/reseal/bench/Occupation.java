package io.reseal.bench;

import io.reseal.contract.StateChange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which sealing thread worked on which rebuild and when, by the hosts' clocks. Detects work that
 * was done twice, and two rebuilds that used a thread at the same time.
 */
final class Occupation {

  /**
   * A step on a thread.
   *
   * @param startedAt epoch milliseconds
   * @param endedAt epoch milliseconds
   * @param run whose step it was
   */
  private record Span(long startedAt, long endedAt, int run) {}

  private final Map<String, List<Span>> threads = new HashMap<>();
  private int repeated;
  private int runs;

  void add(List<StateChange> changes) {
    int run = runs++;
    List<String> done = new ArrayList<>();
    for (StateChange change : changes) {
      if (change.startedAt() == null || change.endedAt() == null) {
        continue;
      }
      if (done.contains(change.step())) {
        repeated++;
      }
      done.add(change.step());
      threads
          .computeIfAbsent(change.host() + "#" + change.threadIndex(), key -> new ArrayList<>())
          .add(new Span(change.startedAt(), change.endedAt(), run));
    }
  }

  /** How many sealing threads did any work. */
  int threads() {
    return threads.size();
  }

  /** How many steps a rebuild repeated. */
  int repeated() {
    return repeated;
  }

  /** How often a thread started with a rebuild before another had released it. */
  int overlaps() {
    int overlaps = 0;
    for (List<Span> spans : threads.values()) {
      spans.sort(Comparator.comparingLong(Span::startedAt));
      for (int index = 1; index < spans.size(); index++) {
        Span before = spans.get(index - 1);
        Span span = spans.get(index);
        if (span.run != before.run && span.startedAt < before.endedAt) {
          overlaps++;
        }
      }
    }
    return overlaps;
  }
}
