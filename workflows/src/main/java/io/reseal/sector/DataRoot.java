package io.reseal.sector;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * CommD of pieces, computed from their commitments alone: the root of the tree whose leaves they
 * are.
 */
public final class DataRoot {

  /** A finished part of the tree: its root, and how many bytes it is over. */
  private record Part(Commitment root, long size) {}

  private DataRoot() {}

  /**
   * CommD of a sector with these pieces.
   *
   * @param known in any order, with or without fillers; none for an empty sector
   * @throws IllegalArgumentException if they overlap or do not fit into the sector
   */
  public static Commitment of(SectorSize sector, List<Piece> known) {
    if (known.isEmpty()) {
      return ZeroPieces.commitment(sector.bytes());
    }
    Deque<Part> parts = new ArrayDeque<>();
    for (Piece piece : PieceLayout.complete(sector, known)) {
      Part part = new Part(piece.commitment(), piece.size());
      while (!parts.isEmpty() && parts.peek().size() == part.size()) {
        Part left = parts.pop();
        part = new Part(parent(left.root(), part.root()), 2 * part.size());
      }
      parts.push(part);
    }
    return parts.pop().root();
  }

  /** Whether these pieces have this CommD in a sector of this size; false if they do not fit. */
  public static boolean fits(SectorSize sector, List<Piece> known, Commitment commD) {
    try {
      return of(sector, known).equals(commD);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Whether a commitment is the CommD of an empty sector, of whatever size. */
  public static boolean isOfZeros(Commitment commD) {
    return Arrays.stream(SectorSize.values()).anyMatch(size -> fits(size, List.of(), commD));
  }

  private static Commitment parent(Commitment left, Commitment right) {
    return ZeroPieces.parent(left.bytes(), right.bytes());
  }
}
