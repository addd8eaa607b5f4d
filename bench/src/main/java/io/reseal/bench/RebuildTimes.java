package io.reseal.bench;

import io.reseal.contract.StateChange;
import io.reseal.plan.Step;
import io.reseal.sector.SectorSize;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * One measured rebuild.
 *
 * @param millis from the request to the end
 * @param changes its state changes as the catalog has them, in order
 * @param events events in its history
 */
record RebuildTimes(long millis, List<StateChange> changes, long events) {

  /** The steps that read samples of the files. */
  private static final Set<Step> SAMPLING =
      EnumSet.of(
          Step.FETCH_PIECES,
          Step.CHECK_SEALED,
          Step.CHECK_ENCODED,
          Step.CHECK_SNAP,
          Step.CHECK_STORED);

  /** 11 layers instead of 2. */
  private static final double LAYERS = 5.5;

  /**
   * PC2 with columns of 11 labels instead of 2: 6.8 µs of a core for a column and its share of tree
   * C instead of 2.11, which is three quarters of PC2 at 512 MiB (docs/performance.md).
   */
  private static final double PC2_OF_COLUMNS = 2.66;

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

  /**
   * The time of the same rebuild of a 32 GiB sector on the same cores and disk: that of each step
   * that reads or writes whole files grows with the sector, PC1's also with the layers, tree C's
   * with the length of its columns. What else there is stays.
   *
   * @param size bytes of the sector that was measured, which has two layers
   * @param copiesLastLayer whether PC1 only copied the last layer, of which there is one at any
   *     size
   */
  long millisAt32GiB(long size, boolean copiesLastLayer) {
    double times = (double) SectorSize.GIB_32.bytes() / size;
    double more = 0;
    for (StateChange change : changes) {
      if (change.startedAt() != null
          && change.endedAt() != null
          && SAMPLING.stream().noneMatch(change::isDone)) {
        more +=
            (change.endedAt() - change.startedAt()) * (times * growth(change, copiesLastLayer) - 1);
      }
    }
    return Math.round(millis + more);
  }

  private static double growth(StateChange change, boolean copiesLastLayer) {
    if (change.isDone(Step.PC1)) {
      return copiesLastLayer ? 1 : LAYERS;
    }
    return change.isDone(Step.PC2) ? PC2_OF_COLUMNS : 1;
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
