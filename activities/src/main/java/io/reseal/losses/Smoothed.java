package io.reseal.losses;

import java.math.BigInteger;

/**
 * A quantity that the chain smooths, as fixed-point numbers with 128 bits after the point.
 *
 * @param position its value; not negative
 * @param velocity by how much it changes in an epoch; may be negative
 */
public record Smoothed(BigInteger position, BigInteger velocity) {

  /** Bits after the point. */
  static final int PRECISION = 128;

  public Smoothed {
    if (position.signum() < 0) {
      throw new IllegalArgumentException("A smoothed quantity is not negative: " + position);
    }
  }

  /** Its value as a whole number, rounded down. */
  BigInteger value() {
    return position.shiftRight(PRECISION);
  }
}
