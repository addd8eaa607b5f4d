package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.sector.SectorId;

/**
 * A copy in a store.
 *
 * @param replica {@code sealed} or {@code update}
 */
public record ScrubCopy(
    @JsonProperty("sector") SectorId sector, @JsonProperty("replica") String replica) {}
