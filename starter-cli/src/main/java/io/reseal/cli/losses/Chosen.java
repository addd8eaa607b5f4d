package io.reseal.cli.losses;

import io.reseal.appraisal.BatchPlan;
import io.reseal.appraisal.LossReading;
import io.reseal.appraisal.Obstacle;
import io.reseal.appraisal.RebuildOrder;
import io.reseal.contract.HeldBack;
import io.reseal.sector.SectorId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The lost sectors that a batch is to bring back.
 *
 * @param ready those that can begin, in the order in which they begin
 * @param heldBack the others, which the batch begins if that becomes possible
 */
record Chosen(List<SectorId> ready, Map<SectorId, Obstacle> heldBack) {

  /**
   * @param insist whether sectors that cannot be proven in time count as ready
   * @param threads that work on the batch
   */
  static Chosen of(LossReading.Read read, boolean insist, int threads, Instant now) {
    List<LossReading.Line> ready = new ArrayList<>();
    Map<SectorId, Obstacle> heldBack = new LinkedHashMap<>();
    read.lines().stream()
        .filter(LossReading.Line::isLost)
        .forEach(
            line ->
                Obstacle.of(line)
                    .filter(obstacle -> !insist || obstacle.kind() != HeldBack.TOO_LATE)
                    .ifPresentOrElse(
                        obstacle -> heldBack.put(line.sector(), obstacle), () -> ready.add(line)));
    return new Chosen(order(ready, read, threads, now), heldBack);
  }

  private static List<SectorId> order(
      List<LossReading.Line> ready, LossReading.Read read, int threads, Instant now) {
    List<RebuildOrder.Job> jobs =
        ready.stream().map(line -> RebuildOrder.Job.of(line, read, now.toEpochMilli())).toList();
    return RebuildOrder.of(jobs, () -> BatchPlan.on(Math.max(1, threads), now)).sectors();
  }

  List<SectorId> sectors() {
    List<SectorId> all = new ArrayList<>(ready);
    all.addAll(heldBack.keySet());
    return all;
  }

  /** Whether there is anything that may ever begin. */
  boolean isWorthwhile() {
    return !ready.isEmpty()
        || heldBack.values().stream().anyMatch(obstacle -> obstacle.kind() != HeldBack.TOO_LATE);
  }
}
