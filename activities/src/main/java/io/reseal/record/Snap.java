package io.reseal.record;

import io.reseal.sector.Cid;
import io.reseal.sector.Piece;
import java.util.List;

/**
 * What a replica update made of a sector; the sector as first sealed is its key.
 *
 * @param commD CID of the commitment to the update's data, or null: computed from its pieces
 * @param commR CID of the commitment to the updated replica
 * @param pieces the update's known pieces in order, with or without fillers
 */
public record Snap(String commD, String commR, List<Piece> pieces) {

  public Snap {
    pieces = pieces == null ? List.of() : List.copyOf(pieces);
    if (commR == null) {
      throw new IllegalArgumentException("The CommR of the replica update is missing.");
    }
    commR = Cid.sealed(Cid.ofSealed(commR));
    commD = commD == null ? null : Cid.unsealed(Cid.ofUnsealed(commD));
  }
}
