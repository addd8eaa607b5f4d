package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.sector.SectorId;

/**
 * What a rebuild is started with.
 *
 * @param sector which sector
 * @param timings how long to wait for what
 * @param requestedBy who asked, for the record
 * @param prove whether a seal proof is made too, whatever the record says
 * @param force whether to seal even where a store has the sector's files intact and provable
 * @param host the only host that may do it, or null for any
 * @param batch name of the batch that started it, or null
 * @param urgent whether it goes before others, to a sealing thread and to a core for its labels
 */
public record RebuildRequest(
    @JsonProperty("sector") SectorId sector,
    @JsonProperty("timings") Timings timings,
    @JsonProperty("requestedBy") String requestedBy,
    @JsonProperty("prove") boolean prove,
    @JsonProperty("force") boolean force,
    @JsonProperty("host") String host,
    @JsonProperty("batch") String batch,
    @JsonProperty("urgent") boolean urgent) {

  /** One that is not urgent. */
  public RebuildRequest(
      SectorId sector,
      Timings timings,
      String requestedBy,
      boolean prove,
      boolean force,
      String host,
      String batch) {
    this(sector, timings, requestedBy, prove, force, host, batch, false);
  }
}
