package io.reseal.catalog;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.contract.SectorFacts;
import io.reseal.sector.Cid;
import io.reseal.sector.Randomness;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;

/**
 * A seal proof that was made and verified, with all its public inputs.
 *
 * @param sector the sector it is for
 * @param proofType its seal proof type
 * @param ticket the randomness it was sealed with
 * @param seed the randomness the proof answers
 * @param commD CID of the commitment to the data
 * @param commR CID of the commitment to the replica
 * @param proof the proof's bytes in hex
 * @param runId the rebuild's run that made it
 * @param madeAt epoch milliseconds by the clock of the host that made it
 */
public record SectorProof(
    @JsonProperty("sector") SectorId sector,
    @JsonProperty("proofType") SealProof proofType,
    @JsonProperty("ticket") Randomness ticket,
    @JsonProperty("seed") Randomness seed,
    @JsonProperty("commD") String commD,
    @JsonProperty("commR") String commR,
    @JsonProperty("proof") String proof,
    @JsonProperty("runId") String runId,
    @JsonProperty("madeAt") long madeAt) {

  /** A proof of a sector whose seed is known. */
  public static SectorProof of(SectorFacts facts, String proof, String runId, long madeAt) {
    return new SectorProof(
        facts.sector(),
        facts.proof(),
        facts.ticket(),
        facts.seed(),
        Cid.unsealed(facts.commD()),
        Cid.sealed(facts.commR()),
        proof,
        runId,
        madeAt);
  }

  /** Whether it proves exactly these facts, seed included. */
  @JsonIgnore
  public boolean isFor(SectorFacts facts) {
    return equals(of(facts, proof, runId, madeAt));
  }
}
