package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A scan of a miner for losses.
 *
 * @param miner its actor number
 * @param startedAt when the scan began by Temporal's clock, in epoch milliseconds; names the scan
 *     in the catalog
 */
public record LossScan(
    @JsonProperty("miner") long miner, @JsonProperty("startedAt") long startedAt) {}
