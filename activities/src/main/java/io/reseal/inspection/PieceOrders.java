package io.reseal.inspection;

import io.reseal.sector.Commitment;
import io.reseal.sector.Piece;
import io.reseal.sector.PieceLayout;
import io.reseal.sector.SealProof;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The orders in which a sector's pieces may have been sealed, each piece at the first multiple of
 * its size after the piece before it.
 */
final class PieceOrders<E extends Exception> {

  /** Six pieces have 720 orders, tried quickly; each further piece multiplies that. */
  private static final int MOST_PIECES = 6;

  private final SealProof proof;
  private final Commitment commD;
  private final CommitmentCalculator<E> core;

  /**
   * @param commD the CommD that the pieces must have
   */
  PieceOrders(SealProof proof, Commitment commD, CommitmentCalculator<E> core) {
    this.proof = proof;
    this.commD = commD;
    this.core = core;
  }

  /** The pieces in an order and at offsets that give CommD; with the fillers placed again. */
  Optional<List<Piece>> find(List<Piece> pieces) throws E {
    List<Piece> data = pieces.stream().filter(piece -> !piece.isZero()).toList();
    return data.size() > MOST_PIECES ? Optional.empty() : find(List.of(), 0, data);
  }

  private Optional<List<Piece>> find(List<Piece> placed, long end, List<Piece> left) throws E {
    if (left.isEmpty()) {
      List<Piece> complete = PieceLayout.complete(proof.size(), placed);
      return core.commD(proof, complete).equals(commD) ? Optional.of(placed) : Optional.empty();
    }
    for (Piece next : left) {
      Piece at = new Piece(next.cid(), next.size(), PieceLayout.nextOffset(end, next.size()));
      long newEnd = at.offset() + at.size();
      if (newEnd <= proof.size().bytes()) {
        List<Piece> others = new ArrayList<>(left);
        others.remove(next);
        List<Piece> longer = new ArrayList<>(placed);
        longer.add(at);
        Optional<List<Piece>> found = find(longer, newEnd, others);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }
}
