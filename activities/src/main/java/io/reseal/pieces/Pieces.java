package io.reseal.pieces;

import io.reseal.files.CopyProgress;
import io.reseal.sector.Piece;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Finds the data of pieces, wherever the host is told to look, and brings it here. */
public interface Pieces {

  /**
   * Where pieces are. Pieces of zeros are in neither part: they need no data.
   *
   * @param atHand those that lie on this host
   * @param toDownload those that some source offers
   */
  record Look(Map<Piece, PieceFile> atHand, List<Piece> toDownload) {

    public Look {
      atHand = Map.copyOf(atHand);
      toDownload = List.copyOf(toDownload);
    }
  }

  /**
   * Looks for them without fetching any.
   *
   * @param sector whose pieces they are
   * @throws PieceMissingException naming all pieces that are nowhere, and every place looked at
   * @throws PieceTooLongException naming all files that cannot be their piece
   */
  Look look(SectorId sector, List<Piece> pieces) throws IOException, InterruptedException;

  /**
   * Brings those to the host that are not here yet, each verified by its CID.
   *
   * @param progress told the bytes that are here and those there will be; what it throws ends the
   *     download, and what has come so far is used by the next one
   * @throws PieceMissingException naming all pieces that no source gave, and what each answered
   */
  void download(SectorId sector, List<Piece> pieces, CopyProgress progress)
      throws IOException, InterruptedException;

  /**
   * The rebuild needs its pieces no more, for now or for good: what was downloaded for it may make
   * room for others.
   */
  void release(SectorId sector) throws IOException;
}
