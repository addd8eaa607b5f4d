package io.reseal.losses;

import io.reseal.losses.SectorOnChain.State;
import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.math.BigInteger;
import java.time.Duration;

/** Sectors on chain for tests: of miner 1001, active in deadline 2, of 32 GiB. */
public final class Sectors {

  static final ProvingClock.Rules RULES =
      new ProvingClock.Rules(2880, 48, 60, 20, 70, Duration.ofSeconds(30));

  private static final String COMM_R = Cid.sealed(new Commitment("10".repeat(32)));

  private final long number;
  private State state = State.ACTIVE;
  private long early;
  private long verified;
  private String disputed;
  private int deadline = 2;

  private Sectors(long number) {
    this.number = number;
  }

  public static Sectors sector(long number) {
    return new Sectors(number);
  }

  public Sectors state(State its) {
    state = its;
    return this;
  }

  /** Faulty, and terminated at the end of an epoch. */
  public Sectors faultyUntil(long epoch) {
    state = State.FAULTY;
    early = epoch;
    return this;
  }

  /** All of it holds verified data, so that it counts ten times. */
  public Sectors verified() {
    verified = 1;
    return this;
  }

  public Sectors in(int its) {
    deadline = its;
    return this;
  }

  public Sectors disputed(String why) {
    disputed = why;
    return this;
  }

  public SectorOnChain build() {
    BigInteger whole = BigInteger.valueOf(32L << 30).multiply(BigInteger.valueOf(1_500_000));
    return new SectorOnChain(
        new SectorId(1001, number),
        deadline,
        0,
        state,
        early,
        SealProof.GIB_32_V1_1,
        COMM_R,
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
