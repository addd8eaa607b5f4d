package io.reseal.pieces;

import io.reseal.files.CopyProgress;
import io.reseal.sector.Piece;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the data of pieces in the host's configured places, and downloads it. */
public interface Pieces {

  /**
   * Where pieces are. Pieces of zeros are in neither list: they need no data.
   *
   * @param atHand those that are on this host
   * @param toDownload those that some source offers
   */
  record Look(Map<Piece, PieceFile> atHand, List<Piece> toDownload) {

    public Look {
      atHand = Map.copyOf(atHand);
      toDownload = List.copyOf(toDownload);
    }
  }

  /**
   * Searches for them without downloading any.
   *
   * @param sector whose pieces they are
   * @throws PieceMissingException naming all pieces that are nowhere, and every place searched
   * @throws PieceUnfitException if there is data for each of them, but none of it is the piece
   */
  Look look(SectorId sector, List<Piece> pieces) throws IOException, InterruptedException;

  /**
   * Downloads those that are not on the host yet, each verified by its CID.
   *
   * @param progress receives the bytes that are here and the total; an exception from it stops the
   *     download, and the next one continues from what has arrived
   * @throws PieceMissingException naming all pieces that no source sent, and what each answered
   */
  void download(SectorId sector, List<Piece> pieces, CopyProgress progress)
      throws IOException, InterruptedException;

  /** Reads the whole of a file that should be a piece. */
  @FunctionalInterface
  interface Reading {

    /** Why its data is not the piece, half a sentence; empty if it is. */
    Optional<String> fault(PieceFile file, Piece piece) throws IOException, InterruptedException;
  }

  /**
   * Checks a piece's file that may be wrong. If it is, it is not used again until it changes; a
   * file in the cache is removed, any other is left in place.
   *
   * @param file as {@link #look} returned it
   * @return why it is not the piece, half a sentence; empty if it is
   */
  Optional<String> examine(Piece piece, PieceFile file, Reading reading)
      throws IOException, InterruptedException;

  /**
   * Notes that the rebuild does not need its pieces, for now or for good: what was downloaded for
   * it may be removed to make room for others.
   */
  void release(SectorId sector) throws IOException;
}
