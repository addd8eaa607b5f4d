package io.reseal.cli.host;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.catalog.StoreRow;
import io.reseal.catalog.ThreadRow;
import java.util.List;

/**
 * One sealing host in {@code util worker info}.
 *
 * @param host as in {@code util worker list}
 * @param threads its sealing threads
 * @param stores its stores
 */
public record HostInfo(
    @JsonProperty("host") HostLine host,
    @JsonProperty("threads") List<ThreadRow> threads,
    @JsonProperty("stores") List<StoreRow> stores) {}
