package io.reseal.losses;

import io.reseal.config.MinerSettings;
import java.math.BigInteger;
import java.time.Duration;

/**
 * What a lost sector costs if it is made whole again, and what if it is let go. All of it is an
 * estimate: later fees follow from later rewards and powers.
 *
 * @param cutoff epoch from which it is too late to declare it recovered for its next window
 * @param challenge epoch until which it must be whole to be proven in its next window, if the chain
 *     does not count it as faulty yet
 * @param provenAt first epoch of the window in which it can be proven again if its repair begins
 *     now, and the miner's software declares it by itself
 * @param inTime whether that is before the chain terminates it; for one that expires first, before
 *     it expires
 * @param lastWhole the last epoch at which it may be whole again and is then still proven before it
 *     ends, by what the miner's software does by itself
 * @param faultFee for each day
 * @param dayReward what it earns in a day on which it is not faulty
 * @param terminationFee if it were terminated now
 * @param feesUntilProven fault fees of the days until then
 * @param costOfRebuilding these fees, and the reward of these days
 * @param costOfLettingGo the termination fee, and the reward of the days that it would have had
 */
public record Outlook(
    long cutoff,
    long challenge,
    long provenAt,
    boolean inTime,
    long lastWhole,
    BigInteger faultFee,
    BigInteger dayReward,
    BigInteger terminationFee,
    BigInteger feesUntilProven,
    BigInteger costOfRebuilding,
    BigInteger costOfLettingGo) {

  /**
   * The outlook of a sector.
   *
   * @param work how long its repair takes
   * @param software that declares it recovered
   */
  public static Outlook of(
      SectorOnChain sector,
      ProvingClock clock,
      Charges charges,
      Duration work,
      MinerSettings.Kind software) {
    SectorWorth worth = sector.worth();
    BigInteger power = worth.qaPower();
    BigInteger fee = charges.faultFee(power);
    BigInteger reward = charges.dayReward(power);
    long done = clock.now() + clock.epochs(work);
    ProvingClock then = clock.at(done);
    long provenAt = provenAt(sector, then, software);
    long ends = sector.early() != 0 ? sector.early() : worth.expiration();
    long windows = windowsMissed(sector, clock, provenAt);
    BigInteger fees = fee.multiply(BigInteger.valueOf(windows));
    BigInteger termination = charges.terminationFee(worth, clock.now());
    long daysLeft = Math.max(0, (worth.expiration() - clock.now()) / clock.rules().period());
    return new Outlook(
        clock.nextChance(sector.deadline()).cutoff(),
        clock.nextChallenge(sector.deadline()),
        provenAt,
        provenAt <= ends,
        lastWhole(sector, clock, software),
        fee,
        reward,
        termination,
        fees,
        fees.add(reward.multiply(BigInteger.valueOf(windows))),
        termination.add(reward.multiply(BigInteger.valueOf(daysLeft))));
  }

  /** A sector that is not yet faulty needs no declaration: it is only to be there in time. */
  private static long provenAt(
      SectorOnChain sector, ProvingClock then, MinerSettings.Kind software) {
    return sector.state().isFaulty()
        ? then.nextLook(sector.deadline(), software) + fromLookToWindow(then, software)
        : then.nextChallenge(sector.deadline()) + then.rules().lookback();
  }

  private static long fromLookToWindow(ProvingClock clock, MinerSettings.Kind software) {
    return -clock.rules().looksAt(software, 0);
  }

  /** One that is not faulty yet becomes it first. */
  private static long lastWhole(
      SectorOnChain sector, ProvingClock clock, MinerSettings.Kind software) {
    long expiration = sector.worth().expiration();
    long ends =
        sector.early() != 0
            ? sector.early()
            : Math.min(expiration, clock.termOfNextFault(sector.deadline()).termination());
    long look = clock.nextLook(sector.deadline(), software);
    long left = ends - look - fromLookToWindow(clock, software);
    return look + Math.floorDiv(left, clock.rules().period()) * clock.rules().period();
  }

  /** The windows that close before it is proven. */
  private static long windowsMissed(SectorOnChain sector, ProvingClock clock, long provenAt) {
    long next = clock.window(sector.deadline()).open();
    return Math.max(0, (provenAt - next) / clock.rules().period());
  }
}
