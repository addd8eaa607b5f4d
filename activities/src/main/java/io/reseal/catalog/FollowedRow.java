package io.reseal.catalog;

import io.reseal.contract.OnChain;
import io.reseal.contract.SoftwareAnswer;
import io.reseal.sector.SectorId;

/**
 * What the chain, and the miner's software, say of a sector that a rebuild has put back.
 *
 * @param sector which sector
 * @param status its status on chain
 * @param height the epoch at which it was seen
 * @param course the statuses it went through, each with its epoch
 * @param text what the status means, and what comes next
 * @param attention what is wrong, while something can be done about it, or null
 * @param command what to run about it, or null
 * @param software what the miner's software answered; null if none is configured
 * @param seenAt epoch milliseconds when the chain was asked
 * @param nextLook epoch milliseconds when it is asked next; null if nothing can change any more
 * @param since the epoch at which it was first seen with this status; null for a row of an older
 *     version
 * @param sinceAt epoch milliseconds when that was; null likewise
 */
public record FollowedRow(
    SectorId sector,
    OnChain.Status status,
    long height,
    String course,
    String text,
    String attention,
    String command,
    SoftwareAnswer software,
    long seenAt,
    Long nextLook,
    Long since,
    Long sinceAt) {

  /**
   * What a look has shown.
   *
   * @param software what the miner's software answered, or null
   * @param at epoch milliseconds
   */
  public static FollowedRow of(SectorId sector, OnChain now, SoftwareAnswer software, long at) {
    return new FollowedRow(
        sector,
        now.status(),
        now.height(),
        now.course(),
        now.text(),
        now.attention(),
        now.command(),
        software,
        at,
        now.nextLook(),
        now.since(),
        at);
  }
}
