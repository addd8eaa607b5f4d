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
 * A sector in Curio's tables. {@code sectors_meta} has what was proven: of a snapped sector, what
 * it calls original is the key, and the pieces are those of the update. The tables of the pipelines
 * have what is still under way, and whether it has landed on chain.
 */
final class CurioSector {

  private static final List<String> UNDEFINED = List.of("", "b");

  /** The CIDs of one replica; a column that is empty, or holds an undefined CID, gives none. */
  private record Commitments(Optional<String> commR, Optional<String> commD) {

    Commitments or(Commitments other) {
      return new Commitments(commR.or(other::commR), commD.or(other::commD));
    }
  }

  private final SectorId id;
  private final FieldReader fields;
  private final String name;
  private final Facts.Builder facts = Facts.builder();
  private final List<String> remarks = new ArrayList<>();

  private CurioSector(SectorId id, ObjectNode row, String name) {
    this.id = id;
    this.fields = new FieldReader(row);
    this.name = name;
  }

  /**
   * What the tables have of a sector.
   *
   * @param row the sector's row of each table, {@code meta}, {@code snap} and {@code sdr}, as far
   *     as there is one, and its pieces in {@code pieces}, {@code snap_pieces} and {@code
   *     sdr_pieces}
   * @param name what messages call it
   */
  static Findings findings(SectorId id, ObjectNode row, String name, String source) {
    CurioSector sector = new CurioSector(id, row, name);
    if (sector.fields.has("meta")) {
      sector.readProven();
    } else {
      sector.readSealed();
    }
    return sector.findings(source);
  }

  private Findings findings(String source) {
    if (!fields.faults().isEmpty()) {
      throw new SectorStateException(
          "%s cannot be imported. %s".formatted(name, String.join(" ", fields.faults())), null);
    }
    return new Findings(id, source, facts.build(), remarks);
  }

  /** A sector whose proof was at least sent. */
  private void readProven() {
    readInputs("meta");
    Commitments key = commitments("meta.orig_sealed_cid", "meta.orig_unsealed_cid");
    facts.put(Fact.COMM_R, key.commR()).put(Fact.COMM_D, key.commD());
    readProofDue();
    if (fields.has("meta.min_claim_epoch")) {
      facts.put(Fact.HOLDS_DATA, true);
    }
    if (fields.has("meta.is_live") && !fields.flag("meta.is_live")) {
      Endings.put(facts);
      remarks.add(
          Endings.remark("no longer live", "Curio (meta.is_live is false)", Optional.of(id)));
    }
    if (fields.has("snap") && !fields.flag("snap.after_prove_msg_success")) {
      readUpdateUnderWay();
    } else {
      readData(key);
    }
  }

  /** A sector that is in the pipeline alone. */
  private void readSealed() {
    readInputs("sdr");
    Commitments sealed = commitments("sdr.tree_r_cid", "sdr.tree_d_cid");
    facts
        .put(Fact.COMM_R, sealed.commR())
        .put(Fact.COMM_D, sealed.commD())
        .put(Fact.SNAPPED, false)
        .put(Fact.PIECES, pieces("sdr_pieces"));
    readProofDue();
    if (sealed.commR().isEmpty()) {
      remarks.add("Curio has not finished sealing it.");
    }
  }

  private void readInputs(String row) {
    String proof = row + ".reg_seal_proof";
    Optional<String> ticket = fields.bytes(row + ".ticket_value");
    Optional<String> seed = fields.bytes(row + ".seed_value");
    facts
        .put(
            Fact.PROOF_TYPE,
            fields
                .wholeNumber(proof)
                .flatMap(number -> fields.checked(proof, () -> SealProof.ofNumber(number))))
        .put(Fact.TICKET, ticket)
        .put(Fact.TICKET_EPOCH, ticket.flatMap(any -> number(row + ".ticket_epoch")))
        .put(Fact.SEED, seed);
    // A pipeline knows the epoch of the seed before it has the seed; elsewhere 0 stands for none.
    if (seed.isPresent() || row.equals("sdr")) {
      facts.put(Fact.SEED_EPOCH, number(row + ".seed_epoch"));
    }
  }

  private Optional<Long> number(String path) {
    return fields.has(path) ? fields.wholeNumber(path) : Optional.empty();
  }

  /** Curio copies a sector to {@code sectors_meta} when its proof is sent, not when it lands. */
  private void readProofDue() {
    if (!fields.has("sdr")) {
      facts.put(
          Fact.PROOF_DUE,
          fields.has("meta.msg_cid_precommit") && !fields.has("meta.msg_cid_commit"));
      return;
    }
    boolean proven = fields.flag("sdr.after_commit_msg_success");
    if (!proven && fields.flag("sdr.failed")) {
      remarks.add("Curio's pipeline of sealing has failed%s.".formatted(reason("sdr")));
    }
    if (proven || fields.flag("sdr.after_precommit_msg_success")) {
      facts.put(Fact.PROOF_DUE, !proven);
      if (!proven && fields.has("sdr.commit_msg_cid")) {
        remarks.add(
            "Curio has sent its proof, in message %s, and has not seen it land."
                .formatted(fields.text("sdr.commit_msg_cid").orElse("")));
      }
    } else {
      remarks.add(
          fields.has("sdr.precommit_msg_cid")
              ? "Curio has sent its pre-commit, in message %s, and has not seen it land: the chain shows whether it has (reseal import chain)."
                  .formatted(fields.text("sdr.precommit_msg_cid").orElse(""))
              : "Curio has not sent its pre-commit.");
    }
  }

  /** Curio writes an update into {@code sectors_meta} when its message is sent. */
  private void readUpdateUnderWay() {
    facts.put(Fact.SNAPPED, false).put(Fact.PIECES, List.of());
    String stage;
    if (fields.flag("snap.failed")) {
      stage = "failed" + reason("snap");
    } else if (fields.flag("snap.after_submit")) {
      stage =
          "sent message %s, which has not been seen to land"
              .formatted(fields.text("snap.prove_msg_cid").orElse(""));
    } else if (fields.flag("snap.after_prove")) {
      stage = "proven the update";
    } else if (fields.flag("snap.after_encode")) {
      stage = "encoded the update";
    } else {
      stage = "begun";
    }
    remarks.add(
        "It is being snapped, and the update has not landed (Curio's pipeline has %s): only its key can be imported."
            .formatted(stage));
  }

  private String reason(String row) {
    return fields
        .text(row + ".failed_reason")
        .filter(reason -> !reason.isEmpty())
        .map(
            reason ->
                " (%s%s)"
                    .formatted(
                        reason,
                        fields
                            .text(row + ".failed_reason_msg")
                            .filter(message -> !message.isEmpty())
                            .map(": "::concat)
                            .orElse("")))
        .orElse("");
  }

  private void readData(Commitments key) {
    // An update that has landed stays in the pipeline for a while, with all that belongs to it.
    Commitments now =
        commitments("snap.update_sealed_cid", "snap.update_unsealed_cid")
            .or(commitments("meta.cur_sealed_cid", "meta.cur_unsealed_cid"));
    Optional<List<Piece>> pieces = pieces("snap_pieces").or(() -> pieces("pieces"));
    boolean differs = now.commR().isPresent() && !now.commR().equals(key.commR());
    if (isSnapped(differs)) {
      facts
          .put(Fact.SNAPPED, true)
          .put(Fact.PIECES, List.of())
          .put(Fact.SNAP_COMM_D, now.commD())
          .put(Fact.SNAP_COMM_R, now.commR())
          .put(Fact.SNAP_PIECES, pieces);
    } else if (differs) {
      facts.put(Fact.SNAPPED, false).put(Fact.PIECES, List.of());
      remarks.add(
          "meta.cur_sealed_cid has an update that the chain does not have by meta.has_sector_key:"
              + " only its key can be imported. The chain shows whether that is right (reseal"
              + " import chain).");
    } else {
      facts.put(Fact.SNAPPED, false).put(Fact.PIECES, pieces);
    }
  }

  /** Curio takes {@code has_sector_key} from the chain; older versions do not have it. */
  private boolean isSnapped(boolean differs) {
    if (fields.flag("snap.after_prove_msg_success")) {
      return true;
    }
    // A sector that was snapped to zeros keeps its CommR: only the column shows it.
    return fields.has("meta.has_sector_key")
        ? fields.flag("meta.has_sector_key")
        : differs || fields.has("meta.msg_cid_update");
  }

  /** Some versions of 2024 wrote the CID of one column into the other. */
  private Commitments commitments(String sealed, String unsealed) {
    Optional<String> commR = defined(sealed);
    Optional<String> commD = defined(unsealed);
    boolean swapped = commD.filter(cid -> is(cid, Cid::ofSealed)).isPresent();
    if (swapped) {
      remarks.add(
          "%s holds a CommR instead of a CommD; the chain has both (reseal import chain)."
              .formatted(unsealed));
      Optional<String> other = commR.filter(cid -> is(cid, Cid::ofUnsealed));
      return other.isPresent() || commR.isEmpty()
          ? new Commitments(commD, other)
          : new Commitments(checked(sealed, commR, Cid::ofSealed), Optional.empty());
    }
    if (commR.filter(cid -> is(cid, Cid::ofUnsealed)).isPresent()) {
      remarks.add(
          "%s holds a CommD instead of a CommR; the chain has both (reseal import chain)."
              .formatted(sealed));
      return new Commitments(Optional.empty(), commD.isEmpty() ? commR : commD);
    }
    return new Commitments(
        checked(sealed, commR, Cid::ofSealed), checked(unsealed, commD, Cid::ofUnsealed));
  }

  private Optional<String> defined(String path) {
    return fields.text(path).map(String::strip).filter(text -> !UNDEFINED.contains(text));
  }

  private Optional<String> checked(
      String path, Optional<String> cid, Function<String, Commitment> decode) {
    return cid.flatMap(text -> fields.checked(path, () -> decode.apply(text)).map(known -> text));
  }

  private static boolean is(String cid, Function<String, Commitment> decode) {
    try {
      return decode.apply(cid) != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * Curio stores no offsets: each piece is at the next offset that its size allows.
   *
   * @return empty if the table has none, which may also mean that Curio does not know them
   */
  private Optional<List<Piece>> pieces(String list) {
    List<Piece> pieces = new ArrayList<>();
    long end = 0;
    for (int index = 0; index < fields.length(list); index++) {
      String entry = "%s[%d]".formatted(list, index);
      Optional<String> cid = fields.text(entry + ".piece_cid");
      Optional<Long> size = fields.wholeNumber(entry + ".piece_size");
      long from = end;
      Optional<Piece> piece =
          size.flatMap(
              bytes ->
                  fields.checked(
                      entry,
                      () ->
                          new Piece(
                              cid.orElse(""),
                              bytes,
                              PieceLayout.nextOffset(from, Math.max(1, bytes)))));
      if (piece.isEmpty()) {
        return Optional.empty();
      }
      pieces.add(piece.get());
      end = piece.get().offset() + piece.get().size();
    }
    return Optional.of(pieces).filter(all -> !all.isEmpty());
  }
}
