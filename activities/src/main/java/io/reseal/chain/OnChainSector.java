package io.reseal.chain;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.sector.SealProof;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The chain's record of a sector whose proof has landed.
 *
 * @param number of the sector
 * @param proof its seal proof
 * @param sealedCid CommR; of a snapped sector the update's
 * @param keyCid the key's CommR, of a snapped sector
 * @param activation epoch at which it was proven first
 * @param expiration epoch at which it ends
 * @param powerBase epoch at which its power changed last: of a snapped sector that of the update,
 *     unless it was extended since
 * @param holdsData whether deals add to its weight; of a snapped sector those of the update. Empty
 *     if the node does not report the weight
 */
record OnChainSector(
    long number,
    SealProof proof,
    String sealedCid,
    Optional<String> keyCid,
    long activation,
    long expiration,
    long powerBase,
    Optional<Boolean> holdsData) {

  static OnChainSector read(JsonNode answer) {
    long activation = Fields.wholeNumber(answer, "Activation");
    return new OnChainSector(
        Fields.wholeNumber(answer, "SectorNumber"),
        Fields.proof(answer, "SealProof"),
        Fields.sealedCid(answer, "SealedCID"),
        Fields.sealedCidOrNone(answer, "SectorKeyCID"),
        activation,
        Fields.wholeNumber(answer, "Expiration"),
        Fields.isNone(answer.path("PowerBaseEpoch"))
            ? activation
            : Fields.wholeNumber(answer, "PowerBaseEpoch"),
        Stream.of("DealWeight", "VerifiedDealWeight")
            .filter(weight -> !Fields.isNone(answer.path(weight)))
            .map(weight -> Fields.bigNumber(answer, weight).signum() > 0)
            .reduce(Boolean::logicalOr));
  }

  /** The record of a sector that was asked for; null if there is none. */
  static Optional<OnChainSector> readOrNone(JsonNode answer) {
    return Fields.isNone(answer) ? Optional.empty() : Optional.of(read(answer));
  }

  boolean isSnapped() {
    return keyCid.isPresent();
  }

  /** CommR of what was sealed: of a snapped sector its key's. */
  String commR() {
    return keyCid.orElse(sealedCid);
  }

  /** For people: what decides the files, and when. */
  @Override
  public String toString() {
    return "%s, CommR %s%s, activation %d, expiration %d"
        .formatted(
            proof,
            sealedCid,
            keyCid.map(" over the key "::concat).orElse(""),
            activation,
            expiration);
  }
}
