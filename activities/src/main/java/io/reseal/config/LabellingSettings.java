package io.reseal.config;

import java.time.Duration;
import java.util.Optional;

/**
 * {@code [labelling]}: how many sectors are labelled at a time and how they share cores.
 *
 * @param cores most groups at a time; if empty, as many as there are cores for PC1
 * @param group most sectors of a group; 1 to label each alone
 * @param gather how long a sector waits for others to join its group
 * @param memory most bytes that all groups together take; if empty, seven eighths of the machine's
 *     memory
 */
public record LabellingSettings(
    Optional<Integer> cores, int group, Duration gather, Optional<Long> memory) {

  /** A core gains nothing from more than four chains. */
  static final int MOST_OF_A_GROUP = 4;

  static final Duration GATHER = Duration.ofSeconds(10);
}
