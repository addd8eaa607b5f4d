package io.reseal.sector;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Turns the known pieces of a sector into the complete list that was sealed. */
public final class PieceLayout {

  private PieceLayout() {}

  /**
   * The pieces in order with every gap filled by zero pieces, as sealing does: in each gap the
   * largest aligned fillers that fit. An empty list stays empty: an empty sector.
   */
  public static List<Piece> complete(SectorSize sector, List<Piece> known) {
    if (known.isEmpty()) {
      return List.of();
    }
    List<Piece> ordered = new ArrayList<>(known);
    ordered.sort(Comparator.comparingLong(Piece::offset));
    List<Piece> complete = new ArrayList<>();
    long end = 0;
    for (Piece piece : ordered) {
      if (piece.offset() < end) {
        throw new IllegalArgumentException(
            "Piece %s at offset %d overlaps the one before it, which ends at %d."
                .formatted(piece.cid(), piece.offset(), end));
      }
      fill(complete, end, piece.offset());
      complete.add(piece);
      end = piece.offset() + piece.size();
    }
    if (end > sector.bytes()) {
      throw new IllegalArgumentException(
          "The pieces end at %d bytes, beyond the sector's %d.".formatted(end, sector.bytes()));
    }
    fill(complete, end, sector.bytes());
    return List.copyOf(complete);
  }

  /**
   * Where the next piece begins, given where the last one ends: at the first multiple of its size.
   */
  public static long nextOffset(long end, long size) {
    return (end + size - 1) / size * size;
  }

  private static void fill(List<Piece> pieces, long from, long to) {
    long at = from;
    while (at < to) {
      long size = Long.highestOneBit(to - at);
      if (at != 0) {
        size = Math.min(size, Long.lowestOneBit(at));
      }
      pieces.add(ZeroPieces.piece(size, at));
      at += size;
    }
  }
}
