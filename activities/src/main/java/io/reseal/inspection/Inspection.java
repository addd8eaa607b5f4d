package io.reseal.inspection;

import io.reseal.contract.SectorFacts;
import io.reseal.contract.SnapFacts;
import io.reseal.record.SectorRecord;
import io.reseal.record.Snap;
import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.DataRoot;
import io.reseal.sector.Piece;
import io.reseal.sector.PieceLayout;
import java.util.List;
import java.util.stream.Collectors;

/** Checks that a sector's recorded inputs fit together, and completes them. */
public final class Inspection {

  private Inspection() {}

  /**
   * The facts that determine the sector's files.
   *
   * @throws IllegalArgumentException stating what does not fit
   */
  public static <E extends Exception> SectorFacts facts(
      SectorRecord record, CommitmentCalculator<E> core) throws E {
    refuseImpossible(record);
    List<Piece> pieces = PieceLayout.complete(record.proof().size(), record.pieces());
    Commitment commD = commD(record, "", pieces, record.commD(), core);
    return new SectorFacts(
        record.id(),
        record.proof(),
        record.ticket(),
        commD,
        Cid.ofSealed(record.commR()),
        core.replicaId(record.id(), record.proof(), record.ticket(), commD),
        record.seed(),
        record.proofDue(),
        pieces,
        record.snap() == null ? null : snap(record, core),
        record.commD() != null);
  }

  private static <E extends Exception> SnapFacts snap(
      SectorRecord record, CommitmentCalculator<E> core) throws E {
    Snap snap = record.snap();
    List<Piece> pieces = PieceLayout.complete(record.proof().size(), snap.pieces());
    Commitment commD = commD(record, "the update of ", pieces, snap.commD(), core);
    if (DataRoot.isOfZeros(commD) != snap.commR().equals(record.commR())) {
      throw new IllegalArgumentException(
          "An update has its key's CommR if its data is all zeros, and another one otherwise. By its record, sector %s has an update %s data whose CommR is %s the key's: its pieces or one CommR are wrong (reseal import chain f0%d %d)."
              .formatted(
                  record.id(),
                  DataRoot.isOfZeros(commD) ? "without" : "with",
                  snap.commR().equals(record.commR()) ? "also" : "not",
                  record.id().miner(),
                  record.id().number()));
    }
    return new SnapFacts(commD, Cid.ofSealed(snap.commR()), pieces);
  }

  private static <E extends Exception> Commitment commD(
      SectorRecord record,
      String of,
      List<Piece> pieces,
      String recorded,
      CommitmentCalculator<E> core)
      throws E {
    Commitment commD = core.commD(record.proof(), pieces);
    if (recorded != null && !commD.equals(Cid.ofUnsealed(recorded))) {
      throw new IllegalArgumentException(
          "The pieces recorded for %ssector %s give CommD %s, but the recorded CommD is %s: %s."
              .formatted(
                  of,
                  record.id(),
                  Cid.unsealed(commD),
                  recorded,
                  new PieceOrders<>(record.proof(), Cid.ofUnsealed(recorded), core)
                      .find(pieces)
                      .map(Inspection::inThatOrder)
                      .orElse("a piece is missing, out of order or wrong in the record")));
    }
    return commD;
  }

  private static String inThatOrder(List<Piece> pieces) {
    return "the pieces are the right ones, but in the order "
        + pieces.stream()
            .map(piece -> "%s at %d".formatted(piece.cid(), piece.offset()))
            .collect(Collectors.joining(", "));
  }

  private static void refuseImpossible(SectorRecord record) {
    if (record.proofDue() && !record.proof().hasPreCommit()) {
      throw new IllegalArgumentException(
          "Sector %s has the proof type %s, whose pre-commit and proof are one message: its proof cannot be due."
              .formatted(record.id(), record.proof()));
    }
  }
}
