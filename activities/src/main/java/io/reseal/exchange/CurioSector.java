package io.reseal.exchange;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.record.Findings;
import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.Piece;
import io.reseal.sector.PieceLayout;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A row of Curio's {@code sectors_meta} with its pieces. What it calls original is the key of a
 * snapped sector; its pieces are those of the update then.
 */
final class CurioSector {

  private CurioSector() {}

  static Findings findings(SectorId id, ObjectNode row, String name, String source) {
    FieldReader fields = new FieldReader(row);
    Optional<SealProof> proof =
        fields
            .wholeNumber("meta.reg_seal_proof")
            .flatMap(
                number -> fields.checked("meta.reg_seal_proof", () -> SealProof.ofNumber(number)));
    Optional<String> ticket = fields.bytes("meta.ticket_value");
    Optional<Long> ticketEpoch =
        ticket.isPresent() ? fields.wholeNumber("meta.ticket_epoch") : Optional.empty();
    Optional<String> seed = fields.bytes("meta.seed_value");
    Optional<Long> seedEpoch =
        seed.isPresent() ? fields.wholeNumber("meta.seed_epoch") : Optional.empty();
    Optional<String> commR = cid(fields, "meta.orig_sealed_cid", Cid::ofSealed);
    Optional<String> commD = cid(fields, "meta.orig_unsealed_cid", Cid::ofUnsealed);
    Optional<String> nowCommR = cid(fields, "meta.cur_sealed_cid", Cid::ofSealed);
    Optional<String> nowCommD = cid(fields, "meta.cur_unsealed_cid", Cid::ofUnsealed);
    // Snapped to zeros, a sector keeps its CommR: only the column tells.
    boolean snapped =
        fields.flag("meta.has_sector_key") || (nowCommR.isPresent() && !nowCommR.equals(commR));
    List<Piece> pieces = pieces(fields);
    if (!fields.faults().isEmpty()) {
      throw new SectorStateException(
          "%s cannot be taken in. %s".formatted(name, String.join(" ", fields.faults())), null);
    }
    List<Piece> told = pieces.isEmpty() ? null : pieces;
    return new Findings(
        id,
        source,
        proof.orElse(null),
        ticket.orElse(null),
        ticketEpoch.orElse(null),
        seed.orElse(null),
        seedEpoch.orElse(null),
        fields.has("meta.msg_cid_precommit") && !fields.has("meta.msg_cid_commit"),
        commD.orElse(null),
        commR.orElse(null),
        snapped ? List.of() : told,
        snapped,
        snapped ? nowCommD.orElse(null) : null,
        snapped ? nowCommR.orElse(null) : null,
        snapped ? told : null,
        null,
        List.of(),
        null);
  }

  /** Curio keeps no offsets: each piece lies at the next place that its size allows. */
  private static List<Piece> pieces(FieldReader fields) {
    List<Piece> pieces = new ArrayList<>();
    long end = 0;
    for (int index = 0; index < fields.length("pieces"); index++) {
      String entry = "pieces[%d]".formatted(index);
      Optional<String> cid = fields.text(entry + ".piece_cid");
      Optional<Long> size = fields.wholeNumber(entry + ".piece_size");
      long from = end;
      Optional<Piece> piece =
          size.isEmpty()
              ? Optional.empty()
              : fields.checked(
                  entry,
                  () ->
                      new Piece(
                          cid.orElse(""),
                          size.get(),
                          PieceLayout.nextOffset(from, Math.max(1, size.get()))));
      if (piece.isEmpty()) {
        return pieces;
      }
      pieces.add(piece.get());
      end = piece.get().offset() + piece.get().size();
    }
    return pieces;
  }

  private static Optional<String> cid(
      FieldReader fields, String path, Function<String, Commitment> decode) {
    return fields
        .text(path)
        .filter(text -> !text.isEmpty())
        .flatMap(text -> fields.checked(path, () -> decode.apply(text)).map(known -> text));
  }
}
