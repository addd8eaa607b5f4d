package io.reseal.losses;

import java.math.BigInteger;

/**
 * What the chain charges, in attoFIL, exactly as the actors of network version 25 and later
 * calculate it from the estimates of one tipset. The estimates of later epochs are not known, so
 * anything that is not charged by these is an estimate.
 */
public final class Charges {

  /** Epochs whose reward a day of fault costs: 3.51 days. */
  private static final long FAULT_EPOCHS = 2880 * 351 / 100;

  private static final long DAY = 2880;

  /** The age from which a termination costs no more. */
  private static final BigInteger FULL_AGE = BigInteger.valueOf(140 * DAY);

  private static final BigInteger DAILY_RATE = BigInteger.valueOf(161_817);
  private static final BigInteger DAILY_RATE_DIVISOR = BigInteger.TEN.pow(30);

  private final NetworkEstimates network;

  public Charges(NetworkEstimates network) {
    this.network = network;
  }

  /** What is charged for each day on which this much quality-adjusted power is faulty. */
  public BigInteger faultFee(BigInteger qaPower) {
    return network.expectedReward(qaPower, FAULT_EPOCHS);
  }

  /** What this much quality-adjusted power is expected to earn in a day. */
  public BigInteger dayReward(BigInteger qaPower) {
    return network.expectedReward(qaPower, DAY);
  }

  /**
   * What is charged if a sector is terminated at an epoch, by its miner or because it was faulty
   * for too long: a part of its pledge that grows with its age, but at least 2 % of the pledge and
   * a little more than a day's fault fee.
   */
  public BigInteger terminationFee(SectorWorth sector, long epoch) {
    BigInteger whole = share(sector.pledge(), 85, 1000);
    BigInteger byAge =
        BigInteger.valueOf(epoch - sector.activation()).multiply(whole).divide(FULL_AGE);
    BigInteger least =
        share(sector.pledge(), 2, 100).max(share(faultFee(sector.qaPower()), 105, 100));
    return whole.min(byAge).max(least);
  }

  /**
   * The daily fee of a sector that is committed, snapped or extended while so much FIL circulates.
   *
   * @param circulating in attoFIL
   */
  public static BigInteger dailyFee(BigInteger circulating, BigInteger qaPower) {
    return DAILY_RATE.multiply(circulating).multiply(qaPower).divide(DAILY_RATE_DIVISOR);
  }

  private static BigInteger share(BigInteger amount, long numerator, long denominator) {
    return amount.multiply(BigInteger.valueOf(numerator)).divide(BigInteger.valueOf(denominator));
  }
}
