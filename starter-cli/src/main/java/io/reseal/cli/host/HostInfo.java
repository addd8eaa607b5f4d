package io.reseal.cli.host;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.catalog.ThreadRow;
import java.util.List;

/**
 * One sealing host in {@code util worker info}.
 *
 * @param host as in {@code util worker list}
 * @param threads its sealing threads
 */
public record HostInfo(
    @JsonProperty("host") HostLine host, @JsonProperty("threads") List<ThreadRow> threads) {}
