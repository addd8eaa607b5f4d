package io.reseal.config;

import java.time.Duration;
import java.util.Optional;

/**
 * {@code [labelling]}: how many sectors are labelled at a time and how they share cores.
 *
 * @param cores most groups at a time; if empty, as many as there are cores for PC1
 * @param group most sectors of a group, 1 to label each alone; if empty, what is measured
 * @param gather how long a sector waits for others to join its group
 * @param memory most bytes that all groups together take; if empty, seven eighths of the machine's
 *     memory
 * @param smt whether each CPU of a core labels for itself; if empty, what is measured
 * @param layers how many layers of a sector are in memory
 */
public record LabellingSettings(
    Optional<Integer> cores,
    Optional<Integer> group,
    Duration gather,
    Optional<Long> memory,
    Optional<Boolean> smt,
    LayersInMemory layers) {

  /** The widest vectors have a lane for each of 16 sectors. */
  public static final int MOST_OF_A_GROUP = 16;

  /** The SHA instructions of a core gain nothing from more, and not every CPU has wide vectors. */
  public static final int GROUP = 4;

  static final Duration GATHER = Duration.ofSeconds(10);

  /** Most sectors of a group. */
  public int sectorsOnACore() {
    return group.orElse(GROUP);
  }

  /** Whether each CPU of a core labels for itself. */
  public boolean onEachCpu() {
    return smt.orElse(false);
  }

  /** The same with these decided. */
  public LabellingSettings with(int sectorsOnACore, boolean onEachCpu) {
    return new LabellingSettings(
        cores, Optional.of(sectorsOnACore), gather, memory, Optional.of(onEachCpu), layers);
  }
}
