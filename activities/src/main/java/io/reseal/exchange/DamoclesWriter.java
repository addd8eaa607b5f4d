package io.reseal.exchange;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.record.Fact;
import io.reseal.record.Facts;
import io.reseal.record.SectorRecord;
import io.reseal.record.Snap;
import io.reseal.record.Standing;
import io.reseal.sector.Cid;
import io.reseal.sector.Piece;
import io.reseal.sector.PieceLayout;
import io.reseal.sector.Randomness;
import io.reseal.sector.SectorSize;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * Writes sector states of damocles, the older system, as its {@code import-json} reads them: one
 * JSON object for each sector.
 */
public final class DamoclesWriter {

  /** The fields that hold what a {@link SectorRecord} states. */
  private static final List<String> FACTS =
      List.of(
          "ID",
          "SectorType",
          "Ticket",
          "Seed",
          "Deals",
          "Pieces",
          "Pre",
          "Upgraded",
          "UpgradePublic",
          "UpgradedInfo");

  private DamoclesWriter() {}

  /** The sector's state on one line: as it was imported, or newly made. */
  public static String write(SectorRecord sector) {
    ObjectNode fresh = create(sector);
    if (sector.recordJson() == null) {
      return JsonObjects.write(fresh);
    }
    byte[] kept = sector.recordJson().getBytes(StandardCharsets.UTF_8);
    String name = "The imported state of sector %s".formatted(sector.id());
    ObjectNode imported = JsonObjects.read(kept, name);
    if (!statesSame(sector, imported, name)) {
      FACTS.forEach(field -> imported.set(field, fresh.get(field)));
    }
    return JsonObjects.write(imported);
  }

  private static boolean statesSame(SectorRecord sector, ObjectNode imported, String name) {
    try {
      SectorRecord other = DamoclesReader.record(imported, name, sector.source());
      return other.id().equals(sector.id()) && statedBy(other).equals(statedBy(sector));
    } catch (SectorStateException e) {
      // The imported state alone was not enough for a record: other sources have completed it.
      return false;
    }
  }

  /** The facts that a sector state holds, with all fillers. */
  private static Facts statedBy(SectorRecord sector) {
    SectorSize size = sector.proof().size();
    Facts facts = sector.facts();
    return facts.toBuilder()
        .put(Fact.PIECES, facts.get(Fact.PIECES).map(known -> PieceLayout.complete(size, known)))
        .put(
            Fact.SNAP_PIECES,
            facts.get(Fact.SNAP_PIECES).map(known -> PieceLayout.complete(size, known)))
        .remove(Fact.PROOF_DUE)
        .remove(Fact.STANDING)
        .remove(Fact.RECORD_JSON)
        .build();
  }

  /** All fields in the older system's order: null, 0 or false for what Reseal does not know. */
  private static ObjectNode create(SectorRecord sector) {
    ObjectNode state = JsonObjects.create();
    state.putObject("ID").put("Miner", sector.id().miner()).put("Number", sector.id().number());
    state.put("SectorType", sector.proof().number());
    state.set("Ticket", randomness("Ticket", sector.ticket()));
    state.set("Seed", seed(sector));
    state.putNull("Deals");
    Snap snap = sector.snap();
    List<Piece> pieces =
        PieceLayout.complete(sector.proof().size(), snap == null ? sector.pieces() : snap.pieces());
    state.set("Pieces", pieces.isEmpty() ? null : DamoclesPieces.write(pieces));
    ObjectNode pre = state.putObject("Pre");
    pre.putObject("CommR").put("/", sector.commR());
    if (sector.commD() == null) {
      pre.putNull("CommD");
    } else {
      pre.putObject("CommD").put("/", sector.commD());
    }
    pre.set("Ticket", randomness("Ticket", sector.ticket()));
    state.putNull("Proof");
    state
        .putObject("MessageInfo")
        .putNull("PreCommitCid")
        .putNull("CommitCid")
        .put("NeedSend", false);
    state
        .putObject("TerminateInfo")
        .putNull("TerminateCid")
        .put("TerminatedAt", 0)
        .put("AddedHeight", 0);
    state.putNull("LatestState");
    // The older system keeps finalized sectors apart from those that its workers seal.
    state.put("Finalized", true).put("Removed", false).put("AbortReason", "");
    state.put("Upgraded", snap != null);
    state.set("UpgradePublic", snap == null ? null : key(sector));
    state.set("UpgradedInfo", snap == null ? null : update(snap));
    state.putNull("UpgradeMessageID").putNull("UpgradeLandedEpoch");
    return state.put("Imported", false).put("NeedRebuild", false).put("Unsealing", false);
  }

  /** What the sector was on chain before its update. */
  private static ObjectNode key(SectorRecord sector) {
    ObjectNode key = JsonObjects.create();
    ArrayNode commR = key.putArray("CommR");
    for (byte one : Cid.ofSealed(sector.commR()).bytes()) {
      commR.add(one & 0xff);
    }
    key.putObject("SealedCID").put("/", sector.commR());
    Standing standing = sector.standing();
    return key.put("Activation", standing == null ? Long.valueOf(0) : standing.activation())
        .put("Expiration", standing == null ? Long.valueOf(0) : standing.expiration());
  }

  private static ObjectNode update(Snap snap) {
    ObjectNode update = JsonObjects.create().put("AccessInstance", "");
    update.putObject("SealedCID").put("/", snap.commR());
    if (snap.commD() == null) {
      update.putNull("UnsealedCID");
    } else {
      update.putObject("UnsealedCID").put("/", snap.commD());
    }
    return update.putNull("Proof");
  }

  private static ObjectNode seed(SectorRecord sector) {
    if (sector.seed() != null) {
      return randomness("Seed", sector.seed());
    }
    return sector.seedEpoch() == null
        ? null
        : JsonObjects.create().putNull("Seed").put("Epoch", sector.seedEpoch());
  }

  private static ObjectNode randomness(String field, Randomness randomness) {
    byte[] value = HexFormat.of().parseHex(randomness.value());
    return JsonObjects.create()
        .put(field, Base64.getEncoder().encodeToString(value))
        .put("Epoch", randomness.epoch());
  }
}
