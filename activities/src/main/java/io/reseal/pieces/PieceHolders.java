package io.reseal.pieces;

import io.reseal.sector.SectorId;
import java.util.List;
import java.util.Map;

/** Knows which sectors hold a piece. */
@FunctionalInterface
public interface PieceHolders {

  /**
   * The sectors that hold the piece of this CID, each with the padded offsets of the piece in it.
   */
  Map<SectorId, List<Long>> of(String cid);
}
