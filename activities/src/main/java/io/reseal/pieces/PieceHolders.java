package io.reseal.pieces;

import io.reseal.sector.SectorId;
import java.util.List;
import java.util.Map;

/** Knows which sectors hold a piece. */
@FunctionalInterface
public interface PieceHolders {

  /** Those that hold the piece of this CID, each with the padded offsets that it has there. */
  Map<SectorId, List<Long>> of(String cid);
}
