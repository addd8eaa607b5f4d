package io.reseal.cli.losses;

import io.reseal.appraisal.LossReading;
import io.reseal.appraisal.Obstacle;
import io.reseal.contract.HeldBack;
import io.reseal.sector.SectorId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The lost sectors that a batch is to bring back.
 *
 * @param ready those that can begin, what is worst to wait for first
 * @param heldBack the others, which the batch begins if that becomes possible
 */
record Chosen(List<SectorId> ready, Map<SectorId, Obstacle> heldBack) {

  /**
   * @param insist whether sectors that cannot be proven in time count as ready
   */
  static Chosen of(LossReading.Read read, boolean insist) {
    List<SectorId> ready = new ArrayList<>();
    Map<SectorId, Obstacle> heldBack = new LinkedHashMap<>();
    read.lines().stream()
        .filter(LossReading.Line::isLost)
        .forEach(
            line ->
                Obstacle.of(line)
                    .filter(obstacle -> !insist || obstacle.kind() != HeldBack.TOO_LATE)
                    .ifPresentOrElse(
                        obstacle -> heldBack.put(line.sector(), obstacle),
                        () -> ready.add(line.sector())));
    return new Chosen(ready, heldBack);
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
