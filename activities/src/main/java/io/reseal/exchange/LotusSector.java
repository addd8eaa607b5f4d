package io.reseal.exchange;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.record.Findings;
import io.reseal.sector.Cid;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What lotus-miner knows of a sector, as its API tells it ({@code SectorsStatus}). Of a snapped
 * sector it goes on telling the CIDs of the key; those of the update are in the log alone.
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
   * @param miner whose the sector must be
   * @param name what messages call the record
   * @param source what findings are kept under
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
    Optional<String> commR = cid("CommR");
    Optional<String> commD =
        fields.has("CommD") ? fields.cid("CommD", Cid::ofUnsealed) : Optional.empty();
    Optional<String> ticket = randomness("Ticket");
    Optional<Long> ticketEpoch =
        ticket.isPresent() ? fields.wholeNumber("Ticket.Epoch") : Optional.empty();
    Optional<String> seed = randomness("Seed");
    Optional<Long> seedEpoch =
        seed.isPresent() ? fields.wholeNumber("Seed.Epoch") : Optional.empty();
    boolean updating = isUpdating();
    boolean snapped = updating && hasLanded();
    LotusLog.Layouts layouts = log.layouts(fields, proof, updating);
    if (!fields.faults().isEmpty()) {
      throw new SectorStateException(
          "%s is no sector of a Lotus miner that can be taken in. %s"
              .formatted(name, String.join(" ", fields.faults())),
          null);
    }
    remarks.addAll(layouts.remarks());
    if (updating && !snapped) {
      remarks.add(
          "It is being snapped (state %s): only its key was taken in."
              .formatted(fields.text("State").orElse("unknown")));
    }
    if (snapped && log.snapCommR().isEmpty()) {
      remarks.add(
          "It was snapped, and its log does not have the update's CommR; the chain has it: reseal"
              + " import chain.");
    }
    return new Findings(
        id.orElseThrow(),
        source,
        proof.orElse(null),
        ticket.orElse(null),
        ticketEpoch.orElse(null),
        seed.orElse(null),
        seedEpoch.orElse(null),
        fields.has("PreCommitMsg") && !fields.has("CommitMsg"),
        commD.orElse(null),
        commR.orElse(null),
        layouts.key(),
        snapped,
        snapped ? log.snapCommD().orElse(null) : null,
        snapped ? log.snapCommR().orElse(null) : null,
        snapped ? layouts.update() : null,
        null,
        remarks,
        null);
  }

  private void checkMiner(SectorId id) {
    log.sealedAs()
        .filter(other -> !other.equals(id))
        .ifPresent(
            other ->
                fields.fault(
                    "Log",
                    "says that it was sealed as sector %s, not as %s: give the miner it belongs to."
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

  private Optional<String> cid(String path) {
    return fields.has(path) ? fields.cid(path, Cid::ofSealed) : Optional.empty();
  }

  /** A miner that has none yet tells an empty or no value. */
  private Optional<String> randomness(String path) {
    return fields.text(path + ".Value").filter(value -> !value.isEmpty()).isPresent()
        ? fields.randomness(path + ".Value")
        : Optional.empty();
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
