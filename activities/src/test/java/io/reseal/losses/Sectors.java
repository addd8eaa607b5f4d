package io.reseal.losses;

import io.reseal.losses.SectorOnChain.State;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.math.BigInteger;
import java.time.Duration;

/** Sectors on chain for tests: active in deadline 2, of 32 GiB. */
final class Sectors {

  static final ProvingClock.Rules RULES =
      new ProvingClock.Rules(2880, 48, 60, 20, 70, Duration.ofSeconds(30));

  private final long number;
  private State state = State.ACTIVE;
  private long early;
  private long verified;
  private String disputed;
  private int deadline = 2;

  private Sectors(long number) {
    this.number = number;
  }

  static Sectors sector(long number) {
    return new Sectors(number);
  }

  Sectors state(State its) {
    state = its;
    return this;
  }

  /** Faulty, and terminated at the end of an epoch. */
  Sectors faultyUntil(long epoch) {
    state = State.FAULTY;
    early = epoch;
    return this;
  }

  /** All of it holds verified data, so that it counts ten times. */
  Sectors verified() {
    verified = 1;
    return this;
  }

  Sectors in(int its) {
    deadline = its;
    return this;
  }

  Sectors disputed(String why) {
    disputed = why;
    return this;
  }

  SectorOnChain build() {
    BigInteger whole = BigInteger.valueOf(32L << 30).multiply(BigInteger.valueOf(1_500_000));
    return new SectorOnChain(
        new SectorId(1001, number),
        deadline,
        0,
        state,
        early,
        SealProof.GIB_32_V1_1,
        "commR",
        false,
        verified > 0,
        new SectorWorth(
            32L << 30,
            0,
            0,
            1_500_000,
            verified > 0 ? whole : BigInteger.ZERO,
            BigInteger.TEN.pow(17),
            BigInteger.ZERO),
        disputed);
  }
}
