package io.reseal.catalog;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.sector.SectorId;

/**
 * What a store has of a sector that other software removes once the sector is proven.
 *
 * @param storeId the identity of the store, which hosts may share; host and name of a store without
 *     one
 * @param host the host that saw it last
 * @param store the store's name there
 * @param files what is there, for people
 * @param bytes how much that is
 * @param seenAt when it was seen last, epoch milliseconds by the clock of who saw it
 * @param seenBy who saw it: a user, or {@code scrub}
 */
public record UnclearedRow(
    @JsonProperty("storeId") String storeId,
    @JsonProperty("host") String host,
    @JsonProperty("store") String store,
    @JsonProperty("sector") SectorId sector,
    @JsonProperty("files") String files,
    @JsonProperty("bytes") long bytes,
    @JsonProperty("seenAt") long seenAt,
    @JsonProperty("seenBy") String seenBy) {}
