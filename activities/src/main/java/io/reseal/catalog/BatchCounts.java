package io.reseal.catalog;

/**
 * How many of a batch's sectors are where.
 *
 * @param batch the batch's name
 * @param finished rebuilt
 * @param dropped aborted, or ended from outside
 * @param parked waiting for a person
 * @param running on their way
 * @param queued not begun
 */
public record BatchCounts(
    String batch, int finished, int dropped, int parked, int running, int queued) {}
