package io.reseal.catalog;

import io.reseal.losses.Verdict;
import java.util.List;
import java.util.Map;

/**
 * What the catalog knows of losses, rebuilds, batches, and sectors that were put back, on all hosts
 * together.
 *
 * @param readAt when it was read, in epoch milliseconds, as all times
 * @param losses of each miner that was scanned
 * @param rebuilds those that have not ended
 * @param batches those that are under way
 * @param putBack how many sectors were put back, by miner and status on chain
 */
public record FleetState(
    long readAt,
    List<MinerLosses> losses,
    List<OpenRebuilds> rebuilds,
    List<OpenBatch> batches,
    List<FollowedCount> putBack) {

  /**
   * A batch that is under way.
   *
   * @param counts how many of its sectors are where
   * @param secondsLeft how long it still takes at its present rate, or null before its first sector
   *     is finished
   */
  public record OpenBatch(BatchCounts counts, Long secondsLeft) {}

  /**
   * What the newest scan of a miner found, as it is now.
   *
   * @param scannedAt when the chain was asked
   * @param sectors how many there are with each verdict
   * @param tooLate how many lost ones would not be proven before they end, even if their repair
   *     began now
   * @param firstFault until when the first of the lost ones that the chain does not count as faulty
   *     must be whole, or null if there is none
   * @param lastChance the first of the last moments at which declaring a lost one recovered saves
   *     it, or null if there is none
   */
  public record MinerLosses(
      long miner,
      long scannedAt,
      Map<Verdict, Long> sectors,
      long tooLate,
      Long firstFault,
      Long lastChance) {}
}
