package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.sector.Randomness;

/**
 * What is known of a sector's seed.
 *
 * @param seed the seed, or null while it is not known
 * @param dueAt epoch milliseconds before which it cannot be known, or null if unknown
 * @param why for people, where it is not known: what the chain answered instead, or null where no
 *     node was asked
 */
public record SeedAnswer(
    @JsonProperty("seed") Randomness seed,
    @JsonProperty("dueAt") Long dueAt,
    @JsonProperty("why") String why) {}
