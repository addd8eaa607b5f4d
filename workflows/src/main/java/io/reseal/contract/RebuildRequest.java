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
 */
public record RebuildRequest(
    @JsonProperty("sector") SectorId sector,
    @JsonProperty("timings") Timings timings,
    @JsonProperty("requestedBy") String requestedBy,
    @JsonProperty("prove") boolean prove,
    @JsonProperty("force") boolean force,
    @JsonProperty("host") String host,
    @JsonProperty("batch") String batch) {}
