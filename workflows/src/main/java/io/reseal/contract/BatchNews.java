package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;

/**
 * Tells a batch how one of its rebuilds stands: when it has ended, when it parks, and when it goes
 * on. Telling it twice does no harm.
 *
 * @param sector which sector
 * @param state the state its rebuild is in
 * @param parked whether it waits for a person
 */
public record BatchNews(
    @JsonProperty("sector") SectorId sector,
    @JsonProperty("state") RebuildState state,
    @JsonProperty("parked") boolean parked) {}
