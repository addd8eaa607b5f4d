package io.reseal.catalog;

import io.reseal.sector.RebuildState;

/**
 * Which rebuild runs to list; null means any.
 *
 * @param miner of this miner
 * @param host last held a thread of this host
 * @param state in this state
 * @param batch started by this batch
 * @param attention true: waiting for a person; false: not waiting for one
 */
public record RunFilter(
    Long miner, String host, RebuildState state, String batch, Boolean attention) {

  /** Every run. */
  public static final RunFilter ANY = new RunFilter(null, null, null, null, null);
}
