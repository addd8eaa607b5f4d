package io.reseal.exchange;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.record.Fact;
import io.reseal.record.Facts;
import io.reseal.record.Findings;
import io.reseal.record.Reading;
import io.reseal.record.SectorRecord;
import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.DataRoot;
import io.reseal.sector.Piece;
import io.reseal.sector.Randomness;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads sector states of damocles, the older system, as its {@code export-json} writes them: one
 * JSON object for each sector.
 */
public final class DamoclesReader {

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

  private final ObjectNode state;
  private final String name;
  private final FieldReader fields;
  private final boolean upgraded;
  private final boolean landed;
  private final Optional<SectorId> id;
  private final Facts.Builder facts = Facts.builder();
  private final List<String> remarks = new ArrayList<>();
  private boolean updateGivenUp;

  /**
   * @param name what messages call the state
   */
  private DamoclesReader(ObjectNode state, String name) {
    this.state = state;
    this.name = name;
    this.fields = new FieldReader(state);
    this.upgraded = fields.flag("Upgraded");
    // A sector that was imported in this state has 0 as the epoch; one that was imported and is
    // being snapped now has none.
    this.landed = fields.has("UpgradeLandedEpoch") || fields.flag("Finalized");
    this.id = id();
    readFacts();
  }

  /** Reads all sector states in a file, each with the facts it has. */
  public static Reading read(Path file) {
    FoundSectors found = new FoundSectors(file.toString());
    List<ObjectNode> states =
        JsonObjects.readEach(InputFile.bytes(file), file.toString(), found::leaveOut);
    for (int index = 0; index < states.size(); index++) {
      String name =
          states.size() == 1
              ? file.toString()
              : "%s, sector state %d of %d,".formatted(file, index + 1, states.size());
      ObjectNode state = states.get(index);
      found.read(() -> new DamoclesReader(state, name).findings("damocles " + file));
    }
    return found.reading();
  }

  /**
   * Reads the one sector state in a file as a record, which contains the whole state.
   *
   * @throws SectorStateException if a fact is missing that a rebuild needs
   */
  public static SectorRecord record(Path file) {
    return record(
        JsonObjects.read(InputFile.bytes(file), file.toString()),
        file.toString(),
        "import-json " + file);
  }

  /** As for a file, of a state that was read from anywhere. */
  static SectorRecord record(ObjectNode state, String name, String source) {
    DamoclesReader reader = new DamoclesReader(state, name);
    reader.requireRecord();
    Findings found = reader.findings(source);
    try {
      return SectorRecord.of(found.id(), found.facts(), source);
    } catch (IllegalArgumentException e) {
      throw reader.refusal(e.getMessage(), e);
    }
  }

  /** Adds a fault for each fact that a record needs and the state does not have. */
  private void requireRecord() {
    if (!fields.has("Ticket")) {
      fields.fault("Ticket", "is missing.");
    } else if (!fields.has("Ticket.Epoch")) {
      fields.fault("Ticket.Epoch", "is missing.");
    }
    if (!fields.has("Pre.CommR") && keyOfUpgrade().isEmpty()) {
      fields.fault("Pre.CommR", "is missing.");
    }
    ending()
        .ifPresent(
            field ->
                fields.fault(
                    field.getKey(),
                    "shows that it is %s. `reseal import damocles` imports what is known of it."
                        .formatted(field.getValue())));
    if (upgraded && !landed) {
      fields.fault(
          "Upgraded",
          "is true, but its replica update has not landed yet (UpgradeLandedEpoch is null): only"
              + " its key can be imported. Do that by `reseal import damocles`.");
    } else if (upgraded && !fields.has("UpgradedInfo.SealedCID")) {
      fields.fault(
          "UpgradedInfo.SealedCID",
          "is missing, e.g. because the older system took the sector over from Lotus: import this"
              + " file by `reseal import damocles`, and the update's CommR from the chain or from"
              + " Lotus.");
    }
  }

  private void readFacts() {
    Optional<SealProof> proof =
        fields
            .wholeNumber("SectorType")
            .flatMap(number -> fields.checked("SectorType", () -> SealProof.ofNumber(number)));
    facts.put(Fact.PROOF_TYPE, proof).put(Fact.RECORD_JSON, JsonObjects.write(state));
    readTicket();
    readSeed();
    Optional<String> commR = cid("Pre.CommR", Cid::ofSealed);
    Optional<String> commD = cid("Pre.CommD", Cid::ofUnsealed);
    facts
        .put(Fact.COMM_R, commR.or(this::keyOfUpgrade))
        .put(Fact.COMM_D, commD)
        .put(Fact.PROOF_DUE, isProofDue());
    List<Piece> pieces =
        proof.map(known -> DamoclesPieces.read(fields, known.size())).orElse(List.of());
    readUpdate(commR, commD, pieces);
    ending()
        .ifPresent(
            field -> {
              Endings.put(facts);
              remarks.add(
                  Endings.remark(field.getValue(), "damocles (%s)".formatted(field.getKey()), id));
            });
    List<String> unknown = fields.unknown(KNOWN);
    if (!unknown.isEmpty()) {
      remarks.add("Unknown fields were ignored: %s.".formatted(unknown));
    }
  }

  private Findings findings(String source) {
    if (!fields.faults().isEmpty()) {
      throw refusal(String.join(" ", fields.faults()), null);
    }
    return new Findings(id.orElseThrow(), source, facts.build(), remarks);
  }

  private Optional<SectorId> id() {
    Optional<Long> miner = fields.wholeNumber("ID.Miner");
    Optional<Long> number = fields.wholeNumber("ID.Number");
    return miner.isPresent() && number.isPresent()
        ? fields.checked("ID", () -> new SectorId(miner.get(), number.get()))
        : Optional.empty();
  }

  private void readTicket() {
    Optional<Randomness> ticket = ticket("Ticket");
    if (ticket.isPresent() && fields.has("Pre.Ticket.Ticket")) {
      ticket("Pre.Ticket")
          .filter(other -> !isSame(other, ticket.get()))
          .ifPresent(
              other -> fields.fault("Ticket", "and Pre.Ticket differ: one of them is wrong."));
    }
    facts
        .put(Fact.TICKET, ticket.map(Randomness::value))
        .put(Fact.TICKET_EPOCH, ticket.map(Randomness::epoch));
  }

  private Optional<Randomness> ticket(String path) {
    if (!hasBytes(path + ".Ticket")) {
      return Optional.empty();
    }
    Optional<String> value = fields.randomness(path + ".Ticket");
    Optional<Long> epoch =
        fields.has(path + ".Epoch") ? fields.wholeNumber(path + ".Epoch") : Optional.empty();
    return value.map(known -> new Randomness(known, epoch.orElse(null)));
  }

  private static boolean isSame(Randomness one, Randomness other) {
    return one.value().equals(other.value())
        && (one.epoch() == null || other.epoch() == null || one.epoch().equals(other.epoch()));
  }

  private void readSeed() {
    boolean drawn = hasBytes("Seed.Seed");
    if (drawn) {
      facts.put(Fact.SEED, fields.randomness("Seed.Seed"));
    }
    if (drawn || isSet("Seed.Epoch")) {
      facts.put(Fact.SEED_EPOCH, fields.wholeNumber("Seed.Epoch"));
    }
  }

  /** A record that was made without a value has null, or no bytes, and 0 for numbers. */
  private boolean hasBytes(String path) {
    return fields.has(path) && !fields.node(path).asText("?").isEmpty();
  }

  /** Whether the pre-commit's message is known, and neither the proof's message nor the proof. */
  private boolean isProofDue() {
    return fields.has("MessageInfo.PreCommitCid")
        && !fields.has("MessageInfo.CommitCid")
        && !hasBytes("Proof.Proof");
  }

  /** The pieces are those of the update in an upgraded sector, which was sealed empty. */
  private void readUpdate(Optional<String> commR, Optional<String> commD, List<Piece> pieces) {
    boolean snapped = upgraded && landed;
    facts.put(Fact.SNAPPED, snapped).put(Fact.PIECES, upgraded ? List.of() : pieces);
    if (!upgraded) {
      leaveOutAnUpdateThatWasGivenUp(commD, pieces);
      return;
    }
    Optional<String> snapCommR = cid("UpgradedInfo.SealedCID", Cid::ofSealed);
    Optional<String> snapCommD = cid("UpgradedInfo.UnsealedCID", Cid::ofUnsealed);
    checkSameKey(commR);
    if (snapped) {
      facts
          .put(Fact.SNAP_COMM_R, snapCommR)
          .put(Fact.SNAP_COMM_D, snapCommD)
          .put(Fact.SNAP_PIECES, pieces);
    } else {
      remarks.add(
          "It is being snapped, and its replica update has not landed yet (UpgradeLandedEpoch is"
              + " null): only its key can be imported.");
    }
  }

  /** Giving an update up leaves its pieces and the reason, and nothing else of it. */
  private void leaveOutAnUpdateThatWasGivenUp(Optional<String> commD, List<Piece> pieces) {
    String reason = abortReason();
    Optional<Boolean> empty = commD.map(Cid::ofUnsealed).map(DataRoot::isOfZeros);
    if (reason.isEmpty() || pieces.stream().allMatch(Piece::isZero) || !empty.orElse(true)) {
      return;
    }
    if (empty.isEmpty()) {
      facts.remove(Fact.PIECES);
    } else {
      facts.put(Fact.PIECES, List.of());
    }
    updateGivenUp = empty.isPresent();
    remarks.add(
        "Its pieces are those of an update that was given up (AbortReason: %s) and were ignored."
            .formatted(reason));
  }

  /** Which field shows that the sector has ended, and how. */
  private Optional<Map.Entry<String, String>> ending() {
    if (fields.flag("Removed")) {
      return Optional.of(Map.entry("Removed", "removed"));
    }
    if (isSet("TerminateInfo.TerminatedAt")) {
      return Optional.of(Map.entry("TerminateInfo.TerminatedAt", "terminated"));
    }
    if (isSet("TerminateInfo.AddedHeight") || fields.has("TerminateInfo.TerminateCid")) {
      return Optional.of(Map.entry("TerminateInfo", "being terminated"));
    }
    return abortReason().isEmpty() || wasProven()
        ? Optional.empty()
        : Optional.of(Map.entry("AbortReason: " + abortReason(), "aborted"));
  }

  private boolean isSet(String path) {
    return fields.has(path) && fields.wholeNumber(path).filter(number -> number > 0).isPresent();
  }

  /** What is aborted after that is an update of the sector, not the sector. */
  private boolean wasProven() {
    return upgraded
        || updateGivenUp
        || fields.flag("Imported")
        || fields.has("MessageInfo.CommitCid")
        || hasBytes("Proof.Proof");
  }

  private String abortReason() {
    return fields.text("AbortReason").map(String::strip).orElse("");
  }

  /** What the sector was before its update is recorded twice. */
  private void checkSameKey(Optional<String> commR) {
    keyOfUpgrade()
        .filter(key -> commR.isPresent() && !Cid.ofSealed(key).equals(Cid.ofSealed(commR.get())))
        .ifPresent(
            key ->
                fields.fault(
                    "UpgradePublic.SealedCID",
                    "and Pre.CommR differ: one of them is not that of the sector before its"
                        + " update."));
  }

  /**
   * The key's CommR as the chain had it when the update began: all that there is of a sector that
   * was sealed by another system. What was taken over from Lotus may have the bytes alone.
   */
  private Optional<String> keyOfUpgrade() {
    return cid("UpgradePublic.SealedCID", Cid::ofSealed)
        .or(
            () ->
                fields.length("UpgradePublic.CommR") == 0
                    ? Optional.empty()
                    : fields.byteNumbers("UpgradePublic.CommR").map(Cid::sealed));
  }

  private Optional<String> cid(String path, Function<String, Commitment> decode) {
    return fields.has(path) ? fields.cid(path, decode) : Optional.empty();
  }

  private SectorStateException refusal(String faults, Throwable cause) {
    return new SectorStateException(
        "%s holds no sector state that can be imported. %s".formatted(name, faults), cause);
  }
}
