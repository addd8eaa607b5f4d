package io.reseal.losses;

import java.math.BigInteger;

/**
 * What the chain's record of a sector says of its worth to the miner. Amounts are in attoFIL.
 *
 * @param size of the sector in bytes
 * @param activation epoch at which it was proven first
 * @param powerBase epoch from which its power is counted: later than the activation if it was
 *     snapped or extended
 * @param expiration epoch at which it ends
 * @param verifiedWeight the part of its space and time that holds verified data, which counts ten
 *     times; other data counts like none
 * @param pledge locked for it
 * @param dailyFee due for it every day, whether it is faulty or not
 */
public record SectorWorth(
    long size,
    long activation,
    long powerBase,
    long expiration,
    BigInteger verifiedWeight,
    BigInteger pledge,
    BigInteger dailyFee) {

  private static final int QUALITY_BITS = 20;
  private static final BigInteger PLAIN = BigInteger.TEN;
  private static final BigInteger VERIFIED = BigInteger.valueOf(100);

  /** Its quality-adjusted power in bytes. */
  public BigInteger qaPower() {
    BigInteger space = BigInteger.valueOf(size);
    BigInteger whole = space.multiply(BigInteger.valueOf(expiration - powerBase));
    if (whole.signum() <= 0) {
      return space;
    }
    BigInteger quality =
        whole
            .subtract(verifiedWeight)
            .multiply(PLAIN)
            .add(verifiedWeight.multiply(VERIFIED))
            .shiftLeft(QUALITY_BITS)
            .divide(whole)
            .divide(PLAIN);
    return space.multiply(quality).shiftRight(QUALITY_BITS);
  }
}
