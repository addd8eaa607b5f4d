package io.reseal.catalog;

import io.reseal.sector.RebuildState;

/**
 * Which rebuild runs to list; null means any.
 *
 * @param miner the sector's miner
 * @param host the host whose thread it last held
 * @param state its state
 * @param batch the batch that started it
 * @param attention true: waiting for a person; false: not waiting for one
 */
public record RunFilter(
    Long miner, String host, RebuildState state, String batch, Boolean attention) {

  /** Every run. */
  public static final RunFilter ANY = new RunFilter(null, null, null, null, null);
}
