package io.reseal.losses;

import java.math.BigInteger;

/**
 * What the network pays and what it pays for, as the actors f02 and f04 have it at one tipset.
 * Everything that a miner is charged is measured by the reward that its power would have earned.
 *
 * @param reward of an epoch, in attoFIL
 * @param power of all miners, quality-adjusted, in bytes
 */
public record NetworkEstimates(Smoothed reward, Smoothed power) {

  /** 2^-50: below it a velocity's square counts as none. */
  private static final BigInteger NEGLIGIBLE = BigInteger.ONE.shiftLeft(Smoothed.PRECISION - 50);

  /** The reward in attoFIL that this much power is expected to earn in so many epochs from now. */
  public BigInteger expectedReward(BigInteger qaPower, long epochs) {
    if (power.value().signum() == 0) {
      return reward.value();
    }
    return qaPower
        .multiply(rewardPerPower(epochs))
        .shiftRight(Smoothed.PRECISION)
        .max(BigInteger.ZERO);
  }

  /**
   * The sum over the coming epochs of reward divided by power, both extrapolated along straight
   * lines: an integral, which has a logarithm in it if the power changes. Each shift and division
   * rounds towards negative infinity, where the chain's does.
   */
  private BigInteger rewardPerPower(long epochs) {
    BigInteger time = BigInteger.valueOf(epochs).shiftLeft(Smoothed.PRECISION);
    BigInteger change = power.velocity();
    BigInteger squared = product(change, change);
    if (squared.compareTo(NEGLIGIBLE) > 0) {
      BigInteger end = power.position().add(product(time, change));
      BigInteger fall = FixedLogarithm.of(power.position()).subtract(FixedLogarithm.of(end));
      BigInteger ofReward =
          change.multiply(reward.position()).multiply(fall.negate()).shiftRight(Smoothed.PRECISION);
      BigInteger ofItsChange =
          product(reward.velocity(), power.position().multiply(fall).add(change.multiply(time)));
      return floorDivide(ofReward.add(ofItsChange), squared);
    }
    BigInteger middle = reward.position().add(product(reward.velocity(), time.shiftRight(1)));
    return floorDivide(middle.multiply(time), power.position());
  }

  private static BigInteger product(BigInteger one, BigInteger other) {
    return one.multiply(other).shiftRight(Smoothed.PRECISION);
  }

  static BigInteger floorDivide(BigInteger dividend, BigInteger divisor) {
    BigInteger[] parts = dividend.divideAndRemainder(divisor);
    boolean down = parts[1].signum() != 0 && parts[1].signum() != divisor.signum();
    return down ? parts[0].subtract(BigInteger.ONE) : parts[0];
  }
}
