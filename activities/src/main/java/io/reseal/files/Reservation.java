package io.reseal.files;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.sector.SectorId;

/**
 * Room in a store that a rebuild was promised before it began to seal.
 *
 * @param sector for which sector
 * @param bytes how many bytes
 * @param files how many files and directories
 * @param rebuild for which rebuild
 * @param at when it asked, in the epoch milliseconds of Temporal's server
 */
public record Reservation(
    @JsonProperty("sector") SectorId sector,
    @JsonProperty("bytes") long bytes,
    @JsonProperty("files") long files,
    @JsonProperty("rebuild") ScratchOrigin.Rebuild rebuild,
    @JsonProperty("at") long at) {}
