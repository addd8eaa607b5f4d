package io.reseal.exchange;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.sector.Cid;
import io.reseal.sector.Piece;
import io.reseal.sector.SectorSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The two lists of pieces in a sector state. {@code Pieces} counts if it has entries, otherwise
 * {@code Deals}, the older one. Either holds all of the sector's data in order, fillers included,
 * so a piece begins where the one before it ends.
 */
final class DamoclesPieces {

  private DamoclesPieces() {}

  static List<Piece> read(FieldReader fields, SectorSize sector) {
    int pieces = fields.length("Pieces");
    if (pieces > 0) {
      return read(fields, sector, "Pieces", pieces, "PieceCID");
    }
    int deals = fields.length("Deals");
    List<Piece> read = read(fields, sector, "Deals", deals, "Cid");
    checkOffsets(fields, read);
    return read;
  }

  private static List<Piece> read(
      FieldReader fields, SectorSize sector, String list, int length, String cidField) {
    List<Piece> pieces = new ArrayList<>();
    long end = 0;
    for (int index = 0; index < length; index++) {
      String entry = "%s[%d]".formatted(list, index);
      Optional<Long> size = fields.wholeNumber(entry + ".Piece.Size");
      Optional<String> cid = fields.cid(entry + ".Piece." + cidField, Cid::ofUnsealed);
      if (size.isEmpty() || cid.isEmpty()) {
        return pieces;
      }
      long offset = end;
      Optional<Piece> piece = fields.checked(entry, () -> new Piece(cid.get(), size.get(), offset));
      if (piece.isEmpty()) {
        return pieces;
      }
      pieces.add(piece.get());
      end += size.get();
    }
    if (length > 0 && end != sector.bytes()) {
      fields.fault(
          list,
          "end at %d bytes, but by SectorType the sector has %d (%s)."
              .formatted(end, sector.bytes(), sector));
    }
    return pieces;
  }

  /**
   * {@code Deals} also states each piece's offset. Records that the older system took over from
   * another one have 0 for all; anything else must agree with the order.
   */
  private static void checkOffsets(FieldReader fields, List<Piece> deals) {
    List<Long> offsets =
        IntStream.range(0, deals.size())
            .mapToObj("Deals[%d].Piece.Offset"::formatted)
            .map(path -> fields.has(path) ? fields.wholeNumber(path).orElse(0L) : Long.valueOf(0))
            .toList();
    if (offsets.stream().allMatch(offset -> offset == 0)) {
      return;
    }
    for (int index = 0; index < deals.size(); index++) {
      if (offsets.get(index) != deals.get(index).offset()) {
        fields.fault(
            "Deals[%d].Piece.Offset".formatted(index),
            "is %d, but the pieces before it end at %d."
                .formatted(offsets.get(index), deals.get(index).offset()));
      }
    }
  }

  /** The list as {@code Pieces} has it; what deals the pieces belong to is not known. */
  static ArrayNode write(List<Piece> pieces) {
    ArrayNode list = JsonObjects.create().arrayNode();
    for (Piece piece : pieces) {
      ObjectNode info = JsonObjects.create().put("Size", piece.size());
      info.putObject("PieceCID").put("/", piece.cid());
      list.addObject().<ObjectNode>set("Piece", info).putNull("DealInfo");
    }
    return list;
  }
}
