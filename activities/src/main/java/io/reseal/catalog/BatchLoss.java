package io.reseal.catalog;

import io.reseal.losses.Loss;
import io.reseal.losses.Outlook;
import io.reseal.losses.ProvingClock;
import io.reseal.losses.SectorOnChain;
import io.reseal.losses.Verdict;
import io.reseal.sector.SectorId;
import java.math.BigInteger;

/**
 * What a scan had found of a sector when a batch with it began. Times are epoch milliseconds; those
 * of epochs to come assume that no epoch is late. Amounts are in attoFIL; all but the pledge are
 * estimates.
 *
 * @param scannedAt when the chain was asked
 * @param lost what is lost, for people
 * @param size of the sector in bytes
 * @param hasData whether deals add to its weight
 * @param deadline index of the deadline that it is proven in
 * @param partition index of its partition there
 * @param wholeBy until when it had to be whole to stay without a fault, or null if it was faulty
 * @param faultAt from when its fault counts, or would count; the time of the scan if the chain does
 *     not date it, because the sector expires first
 * @param period milliseconds from one fault fee to the next
 * @param lastChance the last moment at which declaring it recovered saves it; for one that expires
 *     before the chain would terminate it, when it expires
 * @param expiresAt when it ends by itself
 * @param plannedAt when it was to be in its store by the usual times of its repair, or null if they
 *     were not known
 * @param pledge locked for it
 * @param faultFee for each period in which it is faulty
 * @param dayReward what it earns in a period in which it is not
 * @param terminationFee if it had been terminated then
 */
public record BatchLoss(
    SectorId sector,
    long scannedAt,
    Verdict verdict,
    String lost,
    long size,
    boolean hasData,
    int deadline,
    int partition,
    Long wholeBy,
    long faultAt,
    long period,
    long lastChance,
    long expiresAt,
    Long plannedAt,
    BigInteger pledge,
    BigInteger faultFee,
    BigInteger dayReward,
    BigInteger terminationFee) {

  /**
   * What is known of a loss.
   *
   * @param clock its miner's, at the epoch that it is now
   * @param now epoch milliseconds
   * @param scannedAt when the chain was asked
   * @param plannedAt when it is to be in its store, or null
   */
  public static BatchLoss of(
      Loss loss, ProvingClock clock, long now, long scannedAt, Long plannedAt) {
    SectorOnChain sector = loss.sector();
    Outlook outlook = loss.outlook();
    boolean faulty = sector.state().isFaulty();
    long expiration = sector.worth().expiration();
    ProvingClock.Term term =
        sector.early() == 0 ? clock.termOfNextFault(sector.deadline()) : clock.term(sector.early());
    boolean expiresFirst = sector.early() == 0 && (faulty || expiration < term.termination());
    Times times = new Times(clock, now);
    return new BatchLoss(
        sector.sector(),
        scannedAt,
        loss.verdict(),
        loss.lost(),
        sector.worth().size(),
        sector.hasData(),
        sector.deadline(),
        sector.partition(),
        faulty ? null : Long.valueOf(times.of(outlook.challenge())),
        times.of(faulty && expiresFirst ? clock.now() : term.faultEpoch()),
        times.period(),
        times.of(expiresFirst ? expiration : term.lastDeclaration()),
        times.of(expiration),
        plannedAt,
        sector.worth().pledge(),
        outlook.faultFee(),
        outlook.dayReward(),
        outlook.terminationFee());
  }

  /** When epochs are. */
  private record Times(ProvingClock clock, long now) {

    long of(long epoch) {
      return now + clock.until(epoch).toMillis();
    }

    long period() {
      return clock.rules().epoch().multipliedBy(clock.rules().period()).toMillis();
    }
  }
}
