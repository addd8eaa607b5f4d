package io.reseal.bench;

import io.reseal.contract.StateChange;
import io.reseal.plan.Step;
import java.util.ArrayList;
import java.util.List;

/**
 * One measured rebuild.
 *
 * @param millis from the request to the end
 * @param changes its state changes as the catalog has them, in order
 * @param events events in its history
 */
record RebuildTimes(long millis, List<StateChange> changes, long events) {

  /** The share of the whole time in which no stage process ran, from 0 to 1. */
  double outsideCore() {
    long core = changes.stream().mapToLong(StateChange::coreMillis).sum();
    return 1 - (double) core / millis;
  }

  /** Milliseconds from each step's end to the next one's start, on the host's clock. */
  List<Long> gaps() {
    List<Long> gaps = new ArrayList<>();
    Long ended = null;
    for (StateChange change : changes) {
      if (change.startedAt() == null || change.endedAt() == null) {
        // Not a step on a host, so no time was spent there.
        continue;
      }
      if (ended != null) {
        gaps.add(change.startedAt() - ended);
      }
      ended = change.endedAt();
    }
    return gaps;
  }

  /** Milliseconds of a step. */
  long of(Step step) {
    return changes.stream()
        .filter(change -> change.isDone(step) && change.endedAt() != null)
        .mapToLong(change -> change.endedAt() - change.startedAt())
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("The rebuild has no step " + step.title() + "."));
  }
}
