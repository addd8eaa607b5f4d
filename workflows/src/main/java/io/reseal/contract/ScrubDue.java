package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * Which copies in a store are to be checked next.
 *
 * @param now the host's clock, in epoch milliseconds
 * @param copies in the order of a tour, all at one level; empty if none is left
 * @param samples how many are left of which a sample is to be read
 * @param fulls how many are left that are to be read in full
 * @param unknown how many sectors the store has that the catalog does not know
 * @param fault why the store cannot be checked now, as a sentence, or null
 */
public record ScrubDue(
    @JsonProperty("now") long now,
    @JsonProperty("copies") List<ScrubPosition> copies,
    @JsonProperty("samples") int samples,
    @JsonProperty("fulls") int fulls,
    @JsonProperty("unknown") int unknown,
    @JsonProperty("fault") String fault) {}
