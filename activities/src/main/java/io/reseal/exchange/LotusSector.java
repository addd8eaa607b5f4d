package io.reseal.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.record.Fact;
import io.reseal.record.Facts;
import io.reseal.record.Findings;
import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * What lotus-miner knows of a sector, as its API returns it ({@code SectorsStatus}). For a snapped
 * sector it still returns the CIDs of the key; those of the update are only in the log.
 */
final class LotusSector {

  /** How far the replica update of a sector has come. */
  private enum Update {
    NONE,
    UNDER_WAY,
    LANDED,
    /** The record shows none of these. */
    UNKNOWN
  }

  private static final Pattern GATHERING =
      Pattern.compile("SnapDeals(WaitDeals|AddPiece|AddPieceFailed|Packing)");
  private static final Pattern UPDATING =
      Pattern.compile(
          "SnapDeals.*|.*ReplicaUpdate.*|UpdateReplica|WaitMutable|UpdateActivating"
              + "|ReleaseSectorKey.*|AbortUpgrade");
  private static final Pattern LANDED = Pattern.compile("UpdateActivating|ReleaseSectorKey.*");
  private static final Pattern PROVING = Pattern.compile("Proving|Available|Fault.*");

  /** In this state the current pieces are still those of an update that was given up. */
  private static final String GIVING_UP = "AbortUpgrade";

  private static final Pattern REMOVED = Pattern.compile("Remov.*");
  private static final Pattern TERMINATED = Pattern.compile("Terminat.*");
  private static final Pattern GIVEN_UP = Pattern.compile("FailedUnrecoverable|DealsExpired");

  private final long miner;
  private final String name;
  private final String source;
  private final FieldReader fields;
  private final LotusLog log;
  private final List<String> remarks = new ArrayList<>();

  /**
   * @param miner the miner that the sector must belong to
   * @param name what messages call the record
   * @param source the source's name
   */
  LotusSector(long miner, ObjectNode status, String name, String source) {
    this(miner, status, LotusLog.of(new FieldReader(status)), name, source);
  }

  /** As above, of a record whose log was read elsewhere. */
  LotusSector(long miner, ObjectNode status, LotusLog log, String name, String source) {
    this.miner = miner;
    this.name = name;
    this.source = source;
    this.fields = new FieldReader(status);
    this.log = log.isWhole() ? log.lacking(unmatched(log)) : log;
  }

  Findings findings() {
    Optional<SectorId> id =
        fields
            .wholeNumber("SectorID")
            .flatMap(number -> fields.checked("SectorID", () -> new SectorId(miner, number)));
    id.ifPresent(this::checkSector);
    checkLog();
    Optional<SealProof> proof = proof();
    Facts.Builder facts =
        Facts.builder()
            .put(Fact.PROOF_TYPE, proof)
            .put(Fact.COMM_R, cid("CommR", Cid::ofSealed))
            .put(Fact.COMM_D, cid("CommD", Cid::ofUnsealed));
    putRandomness(facts, "Ticket", Fact.TICKET, Fact.TICKET_EPOCH);
    putRandomness(facts, "Seed", Fact.SEED, Fact.SEED_EPOCH);
    putStatus(facts, id);
    putData(facts, proof);
    if (!fields.faults().isEmpty()) {
      throw new SectorStateException(
          "%s is not a sector of a Lotus miner that can be imported. %s"
              .formatted(name, String.join(" ", fields.faults())),
          null);
    }
    return new Findings(id.orElseThrow(), source, facts.build(), remarks);
  }

  /** The log names the sector at its beginning, and its miner in the path it was sealed at. */
  private void checkSector(SectorId id) {
    Optional<SectorId> started = log.number().map(number -> new SectorId(miner, number));
    log.sealedAs()
        .or(() -> started)
        .filter(other -> !other.equals(id))
        .ifPresent(
            other ->
                fields.fault(
                    "Log",
                    "shows that it was sealed as sector %s, not as %s: give the miner it belongs to."
                        .formatted(other, id)));
    fields
        .text("OnChainSector")
        .filter(name -> !name.equals(id.fileName()))
        .ifPresent(
            name ->
                fields.fault(
                    "Sector On Chain Info",
                    "is about sector %s, not about %s.".formatted(shown(name), id)));
  }

  private static String shown(String fileName) {
    return SectorId.ofFileName(fileName).map(SectorId::toString).orElse(fileName);
  }

  /** A record whose head and log give different values is put together from two. */
  private void checkLog() {
    checkSame("CommR", "/", "SectorPreCommit2", "/User/Sealed/~1");
    checkSame("CommD", "/", "SectorPreCommit2", "/User/Unsealed/~1");
    checkSame("Ticket", "Value", "SectorTicket", "/User/TicketValue");
  }

  private void checkSame(String field, String key, String event, String path) {
    String own = fields.node(field).path(key).asText("");
    log.newest(event, path)
        .filter(other -> !own.isEmpty() && !own.equals(other))
        .ifPresent(
            other ->
                fields.fault(
                    field,
                    "is %s, but the newest %s of its log has %s: one of them is not this sector's."
                        .formatted(own, event, other)));
  }

  /**
   * The miner lists the deals of the current pieces, which are zero for a piece without one, and
   * shows the pieces that came without a deal: a log that does not lead there was cut short.
   */
  private List<String> unmatched(LotusLog log) {
    if (state().equals(GIVING_UP)) {
      return List.of();
    }
    List<LotusLog.Event> events = log.isUpdating() ? log.updatePieces() : log.keyPieces();
    if (events.stream().anyMatch(event -> event.message().isEmpty())) {
      return List.of();
    }
    List<JsonNode> pieces = LotusPieces.entries(events);
    JsonNode deals = fields.node("Deals");
    List<String> missing = new ArrayList<>();
    if (deals.size() > pieces.size()) {
      missing.add(
          "it has %d pieces where the record counts %d".formatted(pieces.size(), deals.size()));
    }
    for (int index = 0; index < Math.min(deals.size(), pieces.size()); index++) {
      if (deals.get(index).asLong() != 0 && pieces.get(index).path("DealInfo").isEmpty()) {
        missing.add("it does not have the deal %s".formatted(deals.get(index)));
      }
    }
    fields
        .node("ActivatedPieces")
        .forEach(
            cid -> {
              if (pieces.stream().noneMatch(piece -> LotusPieces.cid(piece).equals(cid.asText()))) {
                missing.add("it does not have the piece %s".formatted(cid.asText()));
              }
            });
    return missing;
  }

  private Optional<SealProof> proof() {
    Optional<Long> recorded =
        fields.has("SealProof") ? fields.wholeNumber("SealProof") : Optional.empty();
    Optional<Long> logged = log.sealProof();
    if (recorded.isEmpty() && logged.isEmpty()) {
      remarks.add("Neither the record nor its log has the proof type.");
    }
    if (recorded.isPresent() && logged.isPresent() && !recorded.equals(logged)) {
      remarks.add(
          "The proof type is left open: by its record it is %s, but it started with %s."
              .formatted(proofName(recorded.get()), proofName(logged.get())));
      return Optional.empty();
    }
    return recorded
        .or(() -> logged)
        .flatMap(type -> fields.checked("SealProof", () -> SealProof.ofNumber(type)));
  }

  private static String proofName(long number) {
    try {
      return "%d (%s)".formatted(number, SealProof.ofNumber(number));
    } catch (IllegalArgumentException e) {
      return Long.toString(number);
    }
  }

  private Optional<String> cid(String path, Function<String, Commitment> decode) {
    return fields.has(path) ? fields.cid(path, decode) : Optional.empty();
  }

  /** A miner that has none yet gives an empty value or none. */
  private void putRandomness(
      Facts.Builder facts, String path, Fact<String> fact, Fact<Long> epoch) {
    Optional<String> value =
        fields
            .text(path + ".Value")
            .filter(text -> !text.isEmpty())
            .flatMap(text -> fields.randomness(path + ".Value"));
    facts.put(fact, value);
    if (fact == Fact.TICKET && ticketEpochDiffers()) {
      remarks.add("The ticket's epoch was ignored: the record and its log have different ones.");
    } else {
      facts.put(epoch, value.flatMap(any -> fields.wholeNumber(path + ".Epoch")));
    }
  }

  private boolean ticketEpochDiffers() {
    JsonNode own = fields.node("Ticket.Epoch");
    return log.newest("SectorTicket", "/User/TicketEpoch")
        .filter(other -> own.isIntegralNumber() && !other.equals(own.asText()))
        .isPresent();
  }

  /** The chain's number, as the miner passes it on; 0 also if the miner did not ask the chain. */
  private boolean hasWeight(String path) {
    return fields.text(path).filter(weight -> weight.matches("0*[1-9]\\d*")).isPresent();
  }

  /** Whether it has ended, and whether its proof is due. */
  private void putStatus(Facts.Builder facts, Optional<SectorId> id) {
    Optional<String> end = end();
    end.ifPresent(
        word -> {
          Endings.put(facts);
          remarks.add(Endings.remark(word, "Lotus (state %s)".formatted(state()), id));
        });
    if (fields.isStated("PreCommitMsg") && fields.isStated("CommitMsg")) {
      facts.put(
          Fact.PROOF_DUE,
          fields.has("PreCommitMsg")
              && !fields.has("CommitMsg")
              && end.isEmpty()
              && !isIn(PROVING)
              && !isIn(UPDATING));
    }
  }

  private Optional<String> end() {
    if (isIn(REMOVED)) {
      return Optional.of("removed");
    }
    if (isIn(TERMINATED)) {
      return Optional.of("terminated");
    }
    return isIn(GIVEN_UP) ? Optional.of("given up") : Optional.empty();
  }

  private void putData(Facts.Builder facts, Optional<SealProof> proof) {
    Update update = update();
    if (update != Update.UNKNOWN) {
      facts.put(Fact.SNAPPED, update == Update.LANDED);
      if (hasWeight("DealWeight") || hasWeight("VerifiedDealWeight")) {
        facts.put(Fact.HOLDS_DATA, true);
      }
    }
    boolean fromLog = update != Update.NONE || !hasPieces();
    if (!log.isWhole() && fromLog) {
      facts.put(Fact.PARTLY_READ, true);
      remarks.add(
          "Its log could not be read as a whole, so that nothing was concluded from it: %s. Give it as `lotus-miner sectors status --log` printed it, or import the sector from the miner's API or from the chain."
              .formatted(String.join("; ", log.unread())));
    }
    if (update == Update.UNKNOWN) {
      facts.put(Fact.PARTLY_READ, true);
      remarks.add(
          "Whether it was snapped is not known (state %s); the chain knows: reseal import chain."
              .formatted(state()));
    } else if (update == Update.UNDER_WAY) {
      remarks.add("It is being snapped (state %s): only its key was imported.".formatted(state()));
    } else if (update == Update.LANDED) {
      putUpdateCids(facts);
    }
    proof.ifPresent(type -> putPieces(facts, new LotusPieces(type, remarks), update));
  }

  private void putUpdateCids(Facts.Builder facts) {
    Optional<String> commR = log.snapCommR().filter(cid -> isCid(cid, Cid::ofSealed));
    facts
        .put(Fact.SNAP_COMM_R, commR)
        .put(Fact.SNAP_COMM_D, log.snapCommD().filter(cid -> isCid(cid, Cid::ofUnsealed)));
    if (commR.isEmpty()) {
      remarks.add(
          "It was snapped, and its log does not have the update's CommR; the chain has it: reseal"
              + " import chain.");
    }
  }

  private static boolean isCid(String text, Function<String, Commitment> decode) {
    try {
      return decode.apply(text) != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * The record's own list has the current pieces, which are those of the update once it has begun;
   * the others are in the log.
   */
  private void putPieces(Facts.Builder facts, LotusPieces pieces, Update update) {
    boolean recorded = hasPieces();
    if (update == Update.NONE && recorded) {
      facts.put(Fact.PIECES, pieces.recorded(fields));
    } else if (log.isWhole()) {
      facts.put(Fact.PIECES, pieces.logged(log.keyPieces(), "it was sealed from"));
    }
    if (update == Update.LANDED || (update == Update.UNKNOWN && log.isUpdating())) {
      if (recorded) {
        facts.put(Fact.SNAP_PIECES, pieces.recorded(fields));
      } else if (log.isWhole()) {
        facts.put(Fact.SNAP_PIECES, pieces.logged(log.updatePieces(), "its update holds"));
      }
    }
  }

  private boolean hasPieces() {
    return fields.has("Pieces") && !state().equals(GIVING_UP);
  }

  private Update update() {
    if (isIn(LANDED) || (log.isWhole() && log.updateHasLanded())) {
      return Update.LANDED;
    }
    boolean sent = log.updateWasSent() || fields.has("ReplicaUpdateMessage");
    if (!log.isWhole()) {
      boolean unsent = fields.isStated("ReplicaUpdateMessage") && !sent;
      if (unsent || isIn(GATHERING)) {
        return isIn(UPDATING) ? Update.UNDER_WAY : Update.NONE;
      }
      return Update.UNKNOWN;
    }
    if (!log.isUpdating()) {
      boolean shown = sent || isIn(UPDATING);
      return shown && !state().equals(GIVING_UP) ? Update.UNKNOWN : Update.NONE;
    }
    return isIn(UPDATING) && !sent ? Update.UNDER_WAY : Update.UNKNOWN;
  }

  private boolean isIn(Pattern states) {
    return states.matcher(state()).matches();
  }

  private String state() {
    return fields.text("State").orElse("unknown");
  }
}
