package io.reseal.config;

import java.time.Duration;
import java.util.Optional;

/**
 * {@code [labelling]}: how many sectors are labelled at a time and how they share cores.
 *
 * @param cores most groups at a time; where empty, as many as there are cores for PC1
 * @param group most sectors of a group; 1 where each is labelled alone
 * @param gather how long a sector waits for others to be labelled with
 * @param memory most bytes that all groups together take; where empty, seven eighths of the
 *     machine's
 */
public record LabellingSettings(
    Optional<Integer> cores, int group, Duration gather, Optional<Long> memory) {

  /** Of more than four chains a core computes none faster. */
  static final int MOST_OF_A_GROUP = 4;

  static final Duration GATHER = Duration.ofSeconds(10);

  /** What holds where the file says nothing. */
  public static LabellingSettings standard() {
    return new LabellingSettings(Optional.empty(), MOST_OF_A_GROUP, GATHER, Optional.empty());
  }
}
