package io.reseal.catalog;

import io.reseal.sector.SectorId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A sealing thread as its host last reported it.
 *
 * @param host configured name of the host
 * @param index the thread's place in the host's file, from 0
 * @param location its scratch directory
 * @param plan what it is for, {@code rebuild} for Reseal
 * @param sector the sector it holds, or null
 * @param paused whether an operator paused it
 * @param pausedSince when, or null
 * @param faulted whether a step met a fault of the host on it, so that it takes no work for a while
 * @param state its rebuild's state, or {@code Empty}
 * @param lastErr for people: why it takes no work, or what last failed on it; or null
 * @param progress one line on the running step, or null
 * @param labelling where its sector is being labelled, or null if it is not
 * @param seenAt when the host reported this, to the millisecond
 */
public record ThreadRow(
    String host,
    int index,
    String location,
    String plan,
    SectorId sector,
    boolean paused,
    Instant pausedSince,
    boolean faulted,
    String state,
    String lastErr,
    String progress,
    Labelling labelling,
    Instant seenAt) {

  /**
   * @param cpu the CPU that labels; sectors on the same one of a host are labelled together
   * @param layer the layer being made, from 1; 0 while unknown
   * @param layers how many there will be; 0 while unknown
   */
  public record Labelling(int cpu, int layer, int layers) {}

  public ThreadRow {
    pausedSince = pausedSince == null ? null : pausedSince.truncatedTo(ChronoUnit.MILLIS);
    seenAt = seenAt.truncatedTo(ChronoUnit.MILLIS);
  }
}
