package io.reseal.catalog;

import io.reseal.contract.OnChain;

/**
 * How many sectors of a miner were put back and have one status on chain.
 *
 * @param attention of these, how many need a person: something is wrong, or the miner's software
 *     does not see the files
 * @param overdue of these, how many are still faulty after the first window in which they could be
 *     proven
 */
public record FollowedCount(
    long miner, OnChain.Status status, long sectors, long attention, long overdue) {}
