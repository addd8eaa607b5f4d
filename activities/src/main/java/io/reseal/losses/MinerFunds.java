package io.reseal.losses;

import java.math.BigInteger;

/**
 * A miner's money at one tipset, in attoFIL.
 *
 * @param balance all of it
 * @param locked rewards that have not vested
 * @param preCommitDeposits deposits for sectors on their way
 * @param pledge locked for its sectors
 * @param feeDebt charged and not yet paid
 */
public record MinerFunds(
    BigInteger balance,
    BigInteger locked,
    BigInteger preCommitDeposits,
    BigInteger pledge,
    BigInteger feeDebt) {

  /** What it can pay with. */
  public BigInteger unlocked() {
    return balance.subtract(locked).subtract(preCommitDeposits).subtract(pledge);
  }

  /**
   * What must be sent to the miner before the chain takes a declaration of recovery; 0 if nothing.
   */
  public BigInteger missing() {
    return feeDebt.signum() == 0
        ? BigInteger.ZERO
        : feeDebt.subtract(unlocked()).max(BigInteger.ZERO);
  }
}
