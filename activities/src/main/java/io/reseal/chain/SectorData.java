package io.reseal.chain;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.sector.Cid;
import io.reseal.sector.Piece;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorSize;
import io.reseal.sector.ZeroPieces;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the chain states of a sector's data: neither offsets nor fillers.
 *
 * @param commD CID of CommD, if stated
 * @param pieces in order
 */
record SectorData(Optional<String> commD, List<Extent> pieces) {

  /**
   * A piece without its offset.
   *
   * @param cid its CID
   * @param size padded bytes
   */
  record Extent(String cid, long size) {

    /** Refuses what cannot be a piece. */
    Extent {
      try {
        new Piece(cid, size, 0);
      } catch (IllegalArgumentException e) {
        throw new MalformedException("a piece cannot be: " + e.getMessage());
      }
    }

    /** Reads an object with the piece's CID and size under these names. */
    static Extent read(JsonNode object, String cid, String size) {
      return new Extent(Fields.unsealedCid(object, cid), Fields.wholeNumber(object, size));
    }
  }

  /** All zeros: the data of a sector that was sealed empty. */
  static SectorData zeros(SealProof proof) {
    return new SectorData(
        Optional.of(Cid.unsealed(ZeroPieces.commitment(proof.size().bytes()))), List.of());
  }

  /** Whether neither CommD nor any piece is stated. */
  boolean isUnstated() {
    return commD.isEmpty() && pieces.isEmpty();
  }

  /**
   * The pieces at their offsets: each at the first one after the piece before it that its size
   * divides, as sealing places it.
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
