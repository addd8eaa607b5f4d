package io.reseal.cli.rebuild;

import io.reseal.catalog.Catalog;
import io.reseal.cli.arguments.SectorLookup;
import io.reseal.record.SectorRecord;
import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.Piece;
import io.reseal.sector.SectorId;
import io.reseal.sector.ZeroPieces;
import java.util.List;

/** Which sectors hold data, according to their records: nobody wants an unsealed copy of zeros. */
final class HeldData {

  private HeldData() {}

  /** Those of the sectors that hold nothing but zeros. */
  static List<SectorId> without(Catalog catalog, List<SectorId> sectors) {
    return sectors.stream().filter(id -> !holds(SectorLookup.require(catalog, id))).toList();
  }

  private static boolean holds(SectorRecord sector) {
    return sector.snap() == null
        ? holds(sector, sector.pieces(), sector.commD())
        : holds(sector, sector.snap().pieces(), sector.snap().commD());
  }

  private static boolean holds(SectorRecord sector, List<Piece> pieces, String commD) {
    Commitment zeros = ZeroPieces.commitment(sector.proof().size().bytes());
    return pieces.stream().anyMatch(piece -> !piece.isZero())
        || (commD != null && !commD.equals(Cid.unsealed(zeros)));
  }
}
