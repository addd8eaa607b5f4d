package io.reseal.exchange;

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

  private static final Pattern UPDATE_STATE =
      Pattern.compile(
          "SnapDeals.*|.*ReplicaUpdate.*|UpdateReplica|WaitMutable|UpdateActivating"
              + "|ReleaseSectorKey.*|AbortUpgrade");
  private static final Pattern LANDED_STATE =
      Pattern.compile("UpdateActivating|ReleaseSectorKey.*");
  private static final Pattern PROVING = Pattern.compile("Proving|Available|Faulty.*");

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
    this.miner = miner;
    this.name = name;
    this.source = source;
    this.fields = new FieldReader(status);
    this.log = LotusLog.of(fields, name);
  }

  Findings findings() {
    Optional<SectorId> id =
        fields
            .wholeNumber("SectorID")
            .flatMap(number -> fields.checked("SectorID", () -> new SectorId(miner, number)));
    id.ifPresent(this::checkMiner);
    Optional<SealProof> proof = proof();
    Facts.Builder facts =
        Facts.builder()
            .put(Fact.PROOF_TYPE, proof)
            .put(Fact.COMM_R, cid("CommR", Cid::ofSealed))
            .put(Fact.COMM_D, cid("CommD", Cid::ofUnsealed));
    putRandomness(facts, "Ticket", Fact.TICKET, Fact.TICKET_EPOCH);
    putRandomness(facts, "Seed", Fact.SEED, Fact.SEED_EPOCH);
    facts.put(Fact.PROOF_DUE, fields.has("PreCommitMsg") && !fields.has("CommitMsg"));
    if (hasWeight("DealWeight") || hasWeight("VerifiedDealWeight")) {
      facts.put(Fact.HOLDS_DATA, true);
    }
    boolean updating = isUpdating();
    boolean snapped = updating && hasLanded();
    LotusLog.Layouts layouts = log.layouts(fields, proof, updating);
    if (!fields.faults().isEmpty()) {
      throw new SectorStateException(
          "%s is not a sector of a Lotus miner that can be imported. %s"
              .formatted(name, String.join(" ", fields.faults())),
          null);
    }
    remarks.addAll(layouts.remarks());
    facts.put(Fact.PIECES, layouts.key()).put(Fact.SNAPPED, snapped);
    if (snapped) {
      facts
          .put(Fact.SNAP_COMM_D, log.snapCommD())
          .put(Fact.SNAP_COMM_R, log.snapCommR())
          .put(Fact.SNAP_PIECES, layouts.update());
      if (log.snapCommR().isEmpty()) {
        remarks.add(
            "It was snapped, and its log does not have the update's CommR; the chain has it: reseal"
                + " import chain.");
      }
    } else if (updating) {
      remarks.add(
          "It is being snapped (state %s): only its key was imported."
              .formatted(fields.text("State").orElse("unknown")));
    }
    return new Findings(id.orElseThrow(), source, facts.build(), remarks);
  }

  private void checkMiner(SectorId id) {
    log.sealedAs()
        .filter(other -> !other.equals(id))
        .ifPresent(
            other ->
                fields.fault(
                    "Log",
                    "shows that it was sealed as sector %s, not as %s: give the miner it belongs to."
                        .formatted(other, id)));
  }

  private Optional<SealProof> proof() {
    Optional<Long> number =
        fields.has("SealProof") ? fields.wholeNumber("SealProof") : log.sealProof();
    if (number.isEmpty()) {
      remarks.add("Neither the record nor its log has the proof type.");
    }
    return number.flatMap(type -> fields.checked("SealProof", () -> SealProof.ofNumber(type)));
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
    facts.put(fact, value).put(epoch, value.flatMap(any -> fields.wholeNumber(path + ".Epoch")));
  }

  /** The chain's number, as the miner passes it on; 0 also if the miner did not ask the chain. */
  private boolean hasWeight(String path) {
    return fields.text(path).filter(weight -> weight.matches("0*[1-9]\\d*")).isPresent();
  }

  private boolean isUpdating() {
    return log.isUpdating()
        || fields.has("ReplicaUpdateMessage")
        || fields.text("State").filter(UPDATE_STATE.asMatchPredicate()).isPresent();
  }

  private boolean hasLanded() {
    Optional<String> state = fields.text("State");
    return log.updateHasLanded()
        || state.filter(LANDED_STATE.asMatchPredicate()).isPresent()
        || (fields.has("ReplicaUpdateMessage")
            && state.filter(PROVING.asMatchPredicate()).isPresent());
  }
}
