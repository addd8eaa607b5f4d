package io.reseal.pieces;

import io.reseal.files.CopyProgress;
import io.reseal.sector.Piece;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
   * @throws PieceUnfitException where all that is there for them is not the pieces
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

  /** Reads the whole of a file that is taken for a piece. */
  @FunctionalInterface
  interface Reading {

    /** Why its data is not the piece, half a sentence; empty where it is. */
    Optional<String> fault(PieceFile file, Piece piece) throws IOException, InterruptedException;
  }

  /**
   * Has a piece's file read that may be wrong. If it is, it is not given any more until it changes;
   * one of the cache is removed, and nobody else's.
   *
   * @param file as {@link #look} gave it
   * @return why it is not the piece, half a sentence; empty where it is
   */
  Optional<String> examine(Piece piece, PieceFile file, Reading reading)
      throws IOException, InterruptedException;

  /**
   * The rebuild needs its pieces no more, for now or for good: what was downloaded for it may make
   * room for others.
   */
  void release(SectorId sector) throws IOException;
}
