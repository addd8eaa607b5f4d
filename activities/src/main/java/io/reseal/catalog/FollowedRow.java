package io.reseal.catalog;

import io.reseal.contract.OnChain;
import io.reseal.contract.RunRecord;
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
 * @param firstChance the epoch after the first window in which it could be proven since it was put
 *     back; null if the chain saw no fault, and likewise
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
    Long sinceAt,
    Long firstChance) {

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
        at,
        now.firstChance());
  }

  /** Whether it was seen after a rebuild had put the sector back, and not before. */
  public boolean isAfter(RunRecord run) {
    return run != null && run.endedAt() != null && seenAt >= run.endedAt();
  }
}
