package io.reseal.exchange;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.record.Fact;
import io.reseal.record.Facts;
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
 * A row of Curio's {@code sectors_meta} with its pieces. Of a snapped sector, what it calls
 * original is the key, and the pieces are those of the update.
 */
final class CurioSector {

  private CurioSector() {}

  static Findings findings(SectorId id, ObjectNode row, String name, String source) {
    FieldReader fields = new FieldReader(row);
    Optional<String> ticket = fields.bytes("meta.ticket_value");
    Optional<String> seed = fields.bytes("meta.seed_value");
    Optional<String> commR = cid(fields, "meta.orig_sealed_cid", Cid::ofSealed);
    Optional<String> nowCommR = cid(fields, "meta.cur_sealed_cid", Cid::ofSealed);
    Optional<String> nowCommD = cid(fields, "meta.cur_unsealed_cid", Cid::ofUnsealed);
    // A sector that was snapped to zeros keeps its CommR: only the column shows it.
    boolean snapped =
        fields.flag("meta.has_sector_key") || (nowCommR.isPresent() && !nowCommR.equals(commR));
    Optional<List<Piece>> pieces = Optional.of(pieces(fields)).filter(all -> !all.isEmpty());
    Facts.Builder facts =
        Facts.builder()
            .put(
                Fact.PROOF_TYPE,
                fields
                    .wholeNumber("meta.reg_seal_proof")
                    .flatMap(
                        number ->
                            fields.checked(
                                "meta.reg_seal_proof", () -> SealProof.ofNumber(number))))
            .put(Fact.TICKET, ticket)
            .put(Fact.TICKET_EPOCH, ticket.flatMap(any -> fields.wholeNumber("meta.ticket_epoch")))
            .put(Fact.SEED, seed)
            .put(Fact.SEED_EPOCH, seed.flatMap(any -> fields.wholeNumber("meta.seed_epoch")))
            .put(
                Fact.PROOF_DUE,
                fields.has("meta.msg_cid_precommit") && !fields.has("meta.msg_cid_commit"))
            .put(Fact.COMM_D, cid(fields, "meta.orig_unsealed_cid", Cid::ofUnsealed))
            .put(Fact.COMM_R, commR)
            .put(Fact.SNAPPED, snapped);
    if (snapped) {
      facts
          .put(Fact.PIECES, List.of())
          .put(Fact.SNAP_COMM_D, nowCommD)
          .put(Fact.SNAP_COMM_R, nowCommR)
          .put(Fact.SNAP_PIECES, pieces);
    } else {
      facts.put(Fact.PIECES, pieces);
    }
    if (!fields.faults().isEmpty()) {
      throw new SectorStateException(
          "%s cannot be imported. %s".formatted(name, String.join(" ", fields.faults())), null);
    }
    return new Findings(id, source, facts.build());
  }

  /** Curio stores no offsets: each piece is at the next offset that its size allows. */
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
