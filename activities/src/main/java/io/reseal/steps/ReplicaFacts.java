package io.reseal.steps;

import io.reseal.contract.SectorFacts;
import io.reseal.files.Replica;
import io.reseal.sector.Commitment;
import io.reseal.sector.Piece;
import java.util.List;

/**
 * The inputs and expected commitments of one of a sector's replicas.
 *
 * @param pieces its complete list, fillers included
 * @param commD commitment to its data
 * @param commR commitment to the replica
 */
record ReplicaFacts(List<Piece> pieces, Commitment commD, Commitment commR) {

  static ReplicaFacts of(SectorFacts facts, Replica replica) {
    return replica == Replica.UPDATE
        ? new ReplicaFacts(facts.snap().pieces(), facts.snap().commD(), facts.snap().commR())
        : new ReplicaFacts(facts.pieces(), facts.commD(), facts.commR());
  }
}
