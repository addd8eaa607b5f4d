package io.reseal.inspection;

import io.reseal.sector.Commitment;
import io.reseal.sector.PAux;
import java.util.Optional;

/**
 * Hashes the roots of a replica's trees; the sealing core implements it.
 *
 * @param <E> thrown if it cannot compute
 */
public interface RootsHash<E extends Exception> {

  /** The CommR that the roots give; empty if they cannot be roots. */
  Optional<Commitment> commR(PAux roots) throws E;
}
