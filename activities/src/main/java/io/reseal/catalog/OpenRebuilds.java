package io.reseal.catalog;

/**
 * Rebuilds that have not ended and are alike.
 *
 * @param state the state they are in
 * @param failure what they wait for a person because of, by its code; null if they do not
 * @param rebuilds how many there are
 * @param oldest when the first of them was requested, in epoch milliseconds
 */
public record OpenRebuilds(String state, String failure, long rebuilds, long oldest) {}
