package io.reseal.control;

import io.reseal.catalog.SectorRecord;
import io.reseal.contract.SectorFacts;
import io.reseal.core.CoreException;
import io.reseal.core.NativeCore;
import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.Piece;
import io.reseal.sector.PieceLayout;
import io.reseal.sector.SealProof;
import java.util.List;

/** Checks that a sector's recorded inputs fit together, and completes them. */
public final class Inspection {

  private Inspection() {}

  /**
   * The facts that determine the sector's files.
   *
   * @throws IllegalArgumentException saying what does not fit
   */
  public static SectorFacts facts(SectorRecord record, NativeCore core) throws CoreException {
    refuseUnsupported(record);
    List<Piece> pieces = PieceLayout.complete(record.proof().size(), record.pieces());
    Commitment commD = core.commD(record.proof(), pieces);
    if (record.commD() != null && !commD.equals(Cid.ofUnsealed(record.commD()))) {
      throw new IllegalArgumentException(
          "The pieces recorded for sector %s give CommD %s, but the recorded CommD is %s: a piece is missing, out of order or wrong in the record."
              .formatted(record.id(), Cid.unsealed(commD), record.commD()));
    }
    return new SectorFacts(
        record.id(),
        record.proof(),
        record.ticket(),
        commD,
        Cid.ofSealed(record.commR()),
        core.replicaId(record.id(), record.proof(), record.ticket(), commD),
        record.seed(),
        record.proofDue(),
        pieces);
  }

  private static void refuseUnsupported(SectorRecord record) {
    SealProof.Version version = record.proof().version();
    if (version != SealProof.Version.V1 && version != SealProof.Version.V1_1) {
      throw new IllegalArgumentException(
          "Sector %s has the proof type %s; rebuilt are V1 and V1_1 only."
              .formatted(record.id(), record.proof()));
    }
  }
}
