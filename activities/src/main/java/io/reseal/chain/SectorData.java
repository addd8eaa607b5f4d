package io.reseal.chain;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.sector.Piece;
import io.reseal.sector.SectorSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the chain says of a sector's data: it never says where a piece lies, nor names fillers.
 *
 * @param commD CID of CommD, if it was said
 * @param pieces in order
 */
record SectorData(Optional<String> commD, List<Extent> pieces) {

  /**
   * A piece without its place.
   *
   * @param cid its CID
   * @param size padded bytes
   */
  record Extent(String cid, long size) {

    /** Takes only what a piece can be. */
    Extent {
      try {
        Piece unused = new Piece(cid, size, 0);
      } catch (IllegalArgumentException e) {
        throw new MalformedException("a piece cannot be: " + e.getMessage());
      }
    }

    /** Reads an object with the piece's CID and size under these names. */
    static Extent read(JsonNode object, String cid, String size) {
      return new Extent(Fields.unsealedCid(object, cid), Fields.wholeNumber(object, size));
    }
  }

  /**
   * The pieces at their places: each at the first one behind those before it that its size divides,
   * as sealing puts it.
   *
   * @throws MalformedException if they do not fit into the sector
   */
  List<Piece> placed(SectorSize sector) {
    List<Piece> placed = new ArrayList<>();
    long end = 0;
    for (Extent piece : pieces) {
      long offset = Math.addExact(end, piece.size() - 1) / piece.size() * piece.size();
      if (offset > sector.bytes() - piece.size()) {
        throw new MalformedException("the pieces %s do not fit into %s".formatted(pieces, sector));
      }
      placed.add(new Piece(piece.cid(), piece.size(), offset));
      end = offset + piece.size();
    }
    return List.copyOf(placed);
  }
}
