package io.reseal.record;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.PAux;
import io.reseal.sector.SectorId;

/**
 * The roots of a replica's trees C and R, with the CommR that they give. Whether they do is a
 * question to the core; the catalog keeps none that do not.
 *
 * @param sector whose replica
 * @param commR CID of the commitment to the replica: the sector's own, or an update's
 * @param commC root of tree C, which the sector and its updates have in common
 * @param commRLast root of tree R
 * @param learnedAt when they were read, in epoch milliseconds by the clock of who read them
 * @param source where they were read, for people
 */
public record SectorRoots(
    @JsonProperty("sector") SectorId sector,
    @JsonProperty("commR") String commR,
    @JsonProperty("commC") Commitment commC,
    @JsonProperty("commRLast") Commitment commRLast,
    @JsonProperty("learnedAt") long learnedAt,
    @JsonProperty("source") String source) {

  public SectorRoots {
    if (sector == null || commR == null || commC == null || commRLast == null) {
      throw new IllegalArgumentException(
          "Roots need their sector, commR, commC and commRLast; one is missing.");
    }
    commR = Cid.sealed(Cid.ofSealed(commR));
    source = source == null ? "" : source;
  }

  public static SectorRoots of(
      SectorId sector, String commR, PAux pAux, long learnedAt, String source) {
    return new SectorRoots(sector, commR, pAux.commC(), pAux.commRLast(), learnedAt, source);
  }

  /** The content of the replica's {@code p_aux}. */
  @JsonIgnore
  public PAux pAux() {
    return new PAux(commC, commRLast);
  }

  /** Whether the other ones are the same of the same replica, wherever they were read. */
  public boolean isSameAs(SectorRoots other) {
    return sector.equals(other.sector) && commR.equals(other.commR) && pAux().equals(other.pAux());
  }
}
