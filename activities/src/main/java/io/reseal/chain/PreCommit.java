package io.reseal.chain;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.sector.SealProof;
import java.util.List;
import java.util.Optional;

/**
 * A sector's pre-commit; for a sector proven without one, what its proof's message states instead.
 *
 * @param number of the sector
 * @param proof its seal proof
 * @param sealedCid CommR
 * @param ticketEpoch epoch the ticket was drawn for
 * @param deals numbers of the market deals whose pieces it holds, in order
 * @param commD CID of CommD, if stated: old pre-commits have none; in new ones, none means that all
 *     data is zeros
 * @param expiration epoch at which the sector will end
 * @param epoch at which this landed, if known
 */
record PreCommit(
    long number,
    SealProof proof,
    String sealedCid,
    long ticketEpoch,
    List<Long> deals,
    Optional<String> commD,
    long expiration,
    Optional<Long> epoch) {

  /** Reads {@code StateSectorPreCommitInfo}'s answer; null if there is none. */
  static Optional<PreCommit> readOrNone(JsonNode answer) {
    if (Fields.isNone(answer)) {
      return Optional.empty();
    }
    return Optional.of(
        read(answer.path("Info"), Optional.of(Fields.wholeNumber(answer, "PreCommitEpoch"))));
  }

  /** Reads one sector's entry of a message that pre-commits it. */
  static PreCommit read(JsonNode info, Optional<Long> epoch) {
    return new PreCommit(
        Fields.wholeNumber(info, "SectorNumber"),
        Fields.proof(info, "SealProof"),
        Fields.sealedCid(info, "SealedCID"),
        Fields.wholeNumber(info, "SealRandEpoch"),
        Fields.list(
            info.path("DealIDs"), "'DealIDs'", deal -> Fields.number(deal, "a deal's number")),
        Fields.unsealedCidOrNone(info, "UnsealedCid"),
        Fields.wholeNumber(info, "Expiration"),
        epoch);
  }

  /** Reads one sector's entry of a message that proves it without a pre-commit. */
  static PreCommit readNonInteractive(JsonNode info, SealProof proof) {
    return new PreCommit(
        Fields.wholeNumber(info, "SectorNumber"),
        proof,
        Fields.sealedCid(info, "SealedCID"),
        Fields.wholeNumber(info, "SealRandEpoch"),
        List.of(),
        Optional.empty(),
        Fields.wholeNumber(info, "Expiration"),
        Optional.empty());
  }

  /** Before CommD became part of pre-commits, all data came by deals. */
  boolean holdsNothing() {
    return commD.isEmpty() && deals.isEmpty() && proof.hasPreCommit();
  }

  /** For people: what decides the files. */
  @Override
  public String toString() {
    return "%s, CommR %s, ticket of epoch %d, %s, deals %s"
        .formatted(
            proof, sealedCid, ticketEpoch, commD.map("CommD "::concat).orElse("no CommD"), deals);
  }
}
