package io.reseal.exchange;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.record.Findings;
import io.reseal.record.SectorRecord;
import io.reseal.record.Snap;
import io.reseal.record.Standing;
import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.Piece;
import io.reseal.sector.PieceLayout;
import io.reseal.sector.Randomness;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import io.reseal.sector.SectorSize;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The sector state of the older system, damocles, as its {@code export-json} writes and its {@code
 * import-json} takes it: one JSON object for one sector.
 */
public final class DamoclesSectorState {

  /** The fields that say what a {@link SectorRecord} says. */
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

  private static final Set<String> KNOWN =
      Set.of(
          "ID",
          "SectorType",
          "Ticket",
          "Seed",
          "Deals",
          "Pieces",
          "Pre",
          "Proof",
          "MessageInfo",
          "TerminateInfo",
          "LatestState",
          "Finalized",
          "Removed",
          "AbortReason",
          "Upgraded",
          "UpgradePublic",
          "UpgradedInfo",
          "UpgradeMessageID",
          "UpgradeLandedEpoch",
          "Imported",
          "NeedRebuild",
          "Unsealing");

  private DamoclesSectorState() {}

  /** Reads the sector state in a file; the record keeps it whole. */
  public static SectorRecord read(Path file) {
    return record(
        JsonObjects.read(InputFile.bytes(file), file.toString()),
        file.toString(),
        "import-json " + file);
  }

  /** Reads all sector states in a file, each with the facts it has. */
  public static List<Findings> findings(Path file) {
    List<ObjectNode> states = JsonObjects.readAll(InputFile.bytes(file), file.toString());
    FoundSectors found = new FoundSectors(file.toString());
    for (int index = 0; index < states.size(); index++) {
      String name =
          states.size() == 1
              ? file.toString()
              : "%s, sector state %d of %d,".formatted(file, index + 1, states.size());
      found.add(parse(states.get(index), name, "damocles " + file, false));
    }
    return found.all();
  }

  /** The sector's state on one line: as it was imported, or else made new. */
  public static String write(SectorRecord sector) {
    ObjectNode fresh = create(sector);
    if (sector.recordJson() == null) {
      return JsonObjects.write(fresh);
    }
    byte[] kept = sector.recordJson().getBytes(StandardCharsets.UTF_8);
    String name = "The imported state of sector %s".formatted(sector.id());
    ObjectNode imported = JsonObjects.read(kept, name);
    if (!sameFacts(sector, imported, name)) {
      FACTS.forEach(field -> imported.set(field, fresh.get(field)));
    }
    return JsonObjects.write(imported);
  }

  /** The state as a record, which it must suffice for. */
  private static SectorRecord record(ObjectNode state, String name, String source) {
    Findings found = parse(state, name, source, true);
    try {
      return new SectorRecord(
          found.id(),
          found.proof(),
          new Randomness(found.ticket(), found.ticketEpoch()),
          found.seed() == null ? null : new Randomness(found.seed(), found.seedEpoch()),
          found.seedEpoch(),
          found.proofDue(),
          found.commD(),
          found.commR(),
          found.pieces(),
          source,
          found.recordJson(),
          found.snapped()
              ? new Snap(found.snapCommD(), found.snapCommR(), found.snapPieces())
              : null,
          null);
    } catch (IllegalArgumentException e) {
      throw refusal(name, e.getMessage(), e);
    }
  }

  /**
   * What the state says.
   *
   * @param whole whether it is refused when a fact is missing that a rebuild needs
   */
  private static Findings parse(ObjectNode state, String name, String source, boolean whole) {
    FieldReader fields = new FieldReader(state);
    Optional<SectorId> id = id(fields);
    boolean snapped = fields.flag("Upgraded");
    Optional<SealProof> proof = proof(fields);
    Optional<Randomness> ticket = randomness(fields, "Ticket", "Ticket", whole);
    checkSameTicket(fields, ticket);
    Optional<Randomness> seed =
        fields.has("Seed.Seed") ? randomness(fields, "Seed", "Seed") : Optional.empty();
    Optional<Long> seedEpoch =
        fields.has("Seed") ? fields.wholeNumber("Seed.Epoch") : Optional.empty();
    Optional<String> commR = cid(fields, "Pre.CommR", Cid::ofSealed, whole);
    Optional<String> commD = cid(fields, "Pre.CommD", Cid::ofUnsealed, false);
    List<Piece> pieces =
        proof.map(known -> DamoclesPieces.read(fields, known.size())).orElse(List.of());
    boolean landed =
        fields.has("UpgradeLandedEpoch") || fields.flag("Imported") || fields.flag("Finalized");
    Optional<String> snapCommR = Optional.empty();
    Optional<String> snapCommD = Optional.empty();
    List<String> remarks = new ArrayList<>();
    if (snapped) {
      snapCommR = cid(fields, "UpgradedInfo.SealedCID", Cid::ofSealed, false);
      snapCommD = cid(fields, "UpgradedInfo.UnsealedCID", Cid::ofUnsealed, false);
      checkSameKey(fields, commR);
      if (whole && landed && snapCommR.isEmpty()) {
        fields.fault(
            "UpgradedInfo.SealedCID",
            "is missing, as in what the older system took over from Lotus: take this file in by"
                + " `reseal import damocles`, and the update's CommR from the chain or from"
                + " Lotus.");
      }
      if (!landed) {
        notLanded(fields, remarks, whole);
      }
    }
    List<String> unknown = fields.unknown(KNOWN);
    if (!unknown.isEmpty()) {
      remarks.add("Fields that are not known here were passed over: %s.".formatted(unknown));
    }
    if (!fields.faults().isEmpty()) {
      throw refusal(name, String.join(" ", fields.faults()), null);
    }
    return new Findings(
        id.orElseThrow(),
        source,
        proof.orElseThrow(),
        ticket.map(Randomness::value).orElse(null),
        ticket.map(Randomness::epoch).orElse(null),
        seed.map(Randomness::value).orElse(null),
        seedEpoch.orElse(null),
        proofDue(fields),
        commD.orElse(null),
        commR.orElse(null),
        snapped ? List.of() : pieces,
        snapped && landed,
        landed ? snapCommD.orElse(null) : null,
        landed ? snapCommR.orElse(null) : null,
        snapped && landed ? pieces : null,
        null,
        remarks,
        JsonObjects.write(state));
  }

  private static void notLanded(FieldReader fields, List<String> remarks, boolean whole) {
    String sentence =
        "its replica update is still on its way (UpgradeLandedEpoch is null): only its key can be"
            + " taken in.";
    if (whole) {
      fields.fault(
          "Upgraded", "is true, but " + sentence + " Do that by `reseal import damocles`.");
    } else {
      remarks.add("It is being snapped, and " + sentence);
    }
  }

  /** What the sector was before its update is recorded twice. */
  private static void checkSameKey(FieldReader fields, Optional<String> commR) {
    cid(fields, "UpgradePublic.SealedCID", Cid::ofSealed, false)
        .filter(key -> commR.isPresent() && !Cid.ofSealed(key).equals(Cid.ofSealed(commR.get())))
        .ifPresent(
            key ->
                fields.fault(
                    "UpgradePublic.SealedCID",
                    "and Pre.CommR differ: one of them is not that of the sector before its"
                        + " update."));
  }

  private static Optional<String> cid(
      FieldReader fields, String path, Function<String, Commitment> decode, boolean needed) {
    return needed || fields.has(path) ? fields.cid(path, decode) : Optional.empty();
  }

  private static Optional<SectorId> id(FieldReader fields) {
    Optional<Long> miner = fields.wholeNumber("ID.Miner");
    Optional<Long> number = fields.wholeNumber("ID.Number");
    return miner.isPresent() && number.isPresent()
        ? fields.checked("ID", () -> new SectorId(miner.get(), number.get()))
        : Optional.empty();
  }

  /** The pre-commit's message is known, and neither the proof's message nor the proof itself. */
  private static boolean proofDue(FieldReader fields) {
    return fields.has("MessageInfo.PreCommitCid")
        && !fields.has("MessageInfo.CommitCid")
        && !fields.has("Proof.Proof");
  }

  private static Optional<SealProof> proof(FieldReader fields) {
    return fields
        .wholeNumber("SectorType")
        .flatMap(number -> fields.checked("SectorType", () -> SealProof.ofNumber(number)));
  }

  private static Optional<Randomness> randomness(FieldReader fields, String path, String value) {
    return randomness(fields, path, value, true);
  }

  private static Optional<Randomness> randomness(
      FieldReader fields, String path, String value, boolean whole) {
    if (!fields.has(path)) {
      if (whole) {
        fields.fault(path, "is missing.");
      }
      return Optional.empty();
    }
    Optional<String> bytes = fields.randomness(path + "." + value);
    Optional<Long> epoch =
        whole || fields.has(path + ".Epoch")
            ? fields.wholeNumber(path + ".Epoch")
            : Optional.empty();
    return bytes.map(known -> new Randomness(known, epoch.orElse(null)));
  }

  private static void checkSameTicket(FieldReader fields, Optional<Randomness> ticket) {
    if (ticket.isPresent() && fields.has("Pre.Ticket.Ticket")) {
      randomness(fields, "Pre.Ticket", "Ticket", false)
          .filter(other -> !isSame(other, ticket.get()))
          .ifPresent(
              other -> fields.fault("Ticket", "and Pre.Ticket differ: one of them is wrong."));
    }
  }

  private static boolean isSame(Randomness one, Randomness other) {
    return one.value().equals(other.value())
        && (one.epoch() == null || other.epoch() == null || one.epoch().equals(other.epoch()));
  }

  private static boolean sameFacts(SectorRecord sector, ObjectNode imported, String name) {
    try {
      return factsOf(sector).equals(factsOf(record(imported, name, sector.source())));
    } catch (SectorStateException e) {
      // It did not suffice for a record by itself: other sources have completed it.
      return false;
    }
  }

  private static SectorRecord factsOf(SectorRecord sector) {
    SectorSize size = sector.proof().size();
    Snap snap = sector.snap();
    return new SectorRecord(
        sector.id(),
        sector.proof(),
        sector.ticket(),
        sector.seed(),
        sector.seedEpoch(),
        false,
        sector.commD(),
        sector.commR(),
        PieceLayout.complete(size, sector.pieces()),
        "",
        null,
        snap == null
            ? null
            : new Snap(snap.commD(), snap.commR(), PieceLayout.complete(size, snap.pieces())),
        null);
  }

  /** All fields in the older system's order; what Reseal does not know is null, 0 or false. */
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
    // The older system keeps a finalized sector apart from those its workers seal.
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

  private static SectorStateException refusal(String name, String faults, Throwable cause) {
    return new SectorStateException(
        "%s holds no sector state that can be taken in. %s".formatted(name, faults), cause);
  }
}
