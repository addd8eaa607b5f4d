package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * Copies that a host is to check.
 *
 * @param store the name of the store that has them
 * @param level how much of each is read
 * @param copies which copies
 * @param startedAt when the tour began by the host's clock: what was checked since is not checked
 *     again
 * @param bytesPerSecond how fast they may be read, or null for any speed
 */
public record ScrubPortion(
    @JsonProperty("store") String store,
    @JsonProperty("level") CheckLevel level,
    @JsonProperty("copies") List<ScrubCopy> copies,
    @JsonProperty("startedAt") long startedAt,
    @JsonProperty("bytesPerSecond") Long bytesPerSecond) {}
