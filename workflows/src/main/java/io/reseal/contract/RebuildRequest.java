package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.sector.SectorId;

/**
 * What a rebuild is started with.
 *
 * @param sector which sector
 * @param timings how long to wait for what
 * @param requestedBy who asked, for the record
 */
public record RebuildRequest(
    @JsonProperty("sector") SectorId sector,
    @JsonProperty("timings") Timings timings,
    @JsonProperty("requestedBy") String requestedBy) {}
