package io.reseal.appraisal;

import io.reseal.contract.HeldBack;
import io.reseal.sector.SectorId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Why the rebuild of a lost sector should not begin now.
 *
 * @param why for people
 */
public record Obstacle(HeldBack kind, String why) {

  private static final String NOT_IN_TIME = "it would not be proven before it ends";
  private static final String ENDED = "the chain expects no more proofs of it";

  /** Empty if it can begin. */
  public static Optional<Obstacle> of(LossReading.Line line) {
    if (!line.isLost()) {
      return Optional.empty();
    }
    if (!line.loss().outlook().inTime()) {
      return Optional.of(new Obstacle(HeldBack.TOO_LATE, NOT_IN_TIME));
    }
    List<String> missing = line.repair().missing();
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of(new Obstacle(HeldBack.LACKS_INPUTS, String.join("; ", missing)));
  }

  /** All obstacles that a scan shows. */
  public static Map<SectorId, Obstacle> all(LossReading.Read read) {
    Map<SectorId, Obstacle> obstacles = new LinkedHashMap<>();
    read.lines()
        .forEach(line -> of(line).ifPresent(obstacle -> obstacles.put(line.sector(), obstacle)));
    read.ended().forEach(sector -> obstacles.put(sector, new Obstacle(HeldBack.TOO_LATE, ENDED)));
    return obstacles;
  }
}
