package io.reseal.inspection;

import io.reseal.sector.Commitment;
import io.reseal.sector.Piece;
import io.reseal.sector.Randomness;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.util.List;

/**
 * Computes the values that an inspection compares with a record; the sealing core implements it.
 *
 * @param <E> thrown if a value cannot be computed
 */
public interface CommitmentCalculator<E extends Exception> {

  /** CommD of these pieces, which must fill the sector. */
  Commitment commD(SealProof proof, List<Piece> pieces) throws E;

  /** The id that binds a sector's files to its ticket and data. */
  Commitment replicaId(SectorId sector, SealProof proof, Randomness ticket, Commitment commD)
      throws E;
}
