package io.reseal.catalog;

/**
 * How many of a batch's sectors are in which state.
 *
 * @param batch the batch's name
 * @param finished rebuilt
 * @param dropped aborted, or ended from outside
 * @param parked waiting for a person
 * @param running being rebuilt
 * @param queued not started
 */
public record BatchCounts(
    String batch, int finished, int dropped, int parked, int running, int queued) {}
