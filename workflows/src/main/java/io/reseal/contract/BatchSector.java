package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;

/**
 * A sector of a batch, as the batch reads it from the catalog before its turn.
 *
 * @param sector which sector
 * @param proof its seal proof, or null if the catalog has no record of the sector
 * @param finished whether a rebuild has finished it since the batch was requested
 * @param priority see {@link RebuildRequest#priority()}
 * @param heldBack why its rebuild must not start now, or null. The same then holds for all that
 *     come after it, for one reason or the other; those that are too late come last
 */
public record BatchSector(
    @JsonProperty("sector") SectorId sector,
    @JsonProperty("proof") SealProof proof,
    @JsonProperty("finished") boolean finished,
    @JsonProperty("priority") Integer priority,
    @JsonProperty("heldBack") HeldBack heldBack) {

  public BatchSector(SectorId sector, SealProof proof, boolean finished, Integer priority) {
    this(sector, proof, finished, priority, null);
  }

  /** The same sector with another priority. */
  public BatchSector withPriority(Integer level) {
    return new BatchSector(sector, proof, finished, level, heldBack);
  }

  /** The same sector, not to be started now. */
  public BatchSector heldBack(HeldBack why) {
    return new BatchSector(sector, proof, finished, priority, why);
  }
}
