package io.reseal.catalog;

import io.reseal.losses.MinerOnChain;
import java.util.List;

/**
 * A scan of a miner. Times are epoch milliseconds.
 *
 * @param startedAt names it
 * @param blocks CIDs of the tipset that everything was asked at
 * @param askedAt when that tipset was the head of the chain
 * @param onChain the miner itself at that tipset
 * @param remarks what no second node confirmed, or null
 * @param endedAt when it was complete, or null
 */
public record LossScanRow(
    long miner,
    long startedAt,
    List<String> blocks,
    long askedAt,
    MinerOnChain onChain,
    String remarks,
    Long endedAt) {}
