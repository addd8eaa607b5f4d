package io.reseal.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.config.MinerSettings;
import io.reseal.losses.Charges;
import io.reseal.losses.Loss;
import io.reseal.losses.NetworkEstimates;
import io.reseal.losses.Outlook;
import io.reseal.losses.ProvingClock;
import io.reseal.losses.SectorOnChain;
import io.reseal.losses.SectorWorth;
import io.reseal.losses.Smoothed;
import io.reseal.losses.Verdict;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** At epoch 1,000 deadline 2 of a miner opens next at 2,880 + 120, with epochs of 30 s. */
class BatchLossTest {

  private static final long NOW = 50_000_000_000L;
  private static final long EPOCH = 30_000;
  private static final ProvingClock CLOCK =
      new ProvingClock(
          1000, 0, new ProvingClock.Rules(2880, 48, 60, 20, 70, Duration.ofMillis(EPOCH)));

  private static BatchLoss loss(SectorOnChain.State state, long early, long expiration) {
    SectorOnChain sector =
        new SectorOnChain(
            new SectorId(1001, 1),
            2,
            0,
            state,
            early,
            SealProof.GIB_32_V1_1,
            "commR",
            false,
            true,
            new SectorWorth(
                32L << 30,
                0,
                0,
                expiration,
                BigInteger.ZERO,
                BigInteger.TEN.pow(17),
                BigInteger.ZERO),
            null);
    Charges charges =
        new Charges(
            new NetworkEstimates(
                new Smoothed(BigInteger.ONE.shiftLeft(200), BigInteger.ZERO),
                new Smoothed(BigInteger.ONE.shiftLeft(190), BigInteger.ZERO)));
    return BatchLoss.of(
        new Loss(
            sector,
            Verdict.of(sector, Verdict.InStores.MISSING),
            Verdict.InStores.MISSING,
            List.of(),
            null,
            Outlook.of(sector, CLOCK, charges, Duration.ZERO, MinerSettings.Kind.LOTUS_MINER)),
        CLOCK,
        NOW,
        NOW - 7,
        null);
  }

  private static long time(long epoch) {
    return NOW + (epoch - 1000) * EPOCH;
  }

  /** Catches: an epoch that is taken for a time, or the wrong end of a window. */
  @Test
  void aFaultySectorHasUntilTheLastDeclarationBeforeItsTermination() {
    long early = 179 + 42 * 2880;
    BatchLoss loss = loss(SectorOnChain.State.FAULTY, early, 1_000_000);
    assertThat(loss.wholeBy()).isNull();
    assertThat(loss.faultAt()).isEqualTo(time(179));
    assertThat(loss.lastChance()).isEqualTo(time(early - 130));
    assertThat(loss.period()).isEqualTo(Duration.ofDays(1).toMillis());
    assertThat(loss.expiresAt()).isEqualTo(time(1_000_000));
    assertThat(loss.scannedAt()).isEqualTo(NOW - 7);
  }

  /** Catches: a sector that the chain does not count as faulty yet, and that has no time at all. */
  @Test
  void oneThatIsNotYetFaultyHas42PeriodsFromTheWindowThatItMisses() {
    BatchLoss loss = loss(SectorOnChain.State.ACTIVE, 0, 1_000_000);
    long opens = 2880 + 120;
    assertThat(loss.wholeBy()).isEqualTo(time(opens - 20));
    assertThat(loss.faultAt()).isEqualTo(time(opens + 59));
    assertThat(loss.lastChance()).isEqualTo(time(opens + 59 + 42 * 2880 - 130));
  }

  /** Catches: a last chance after the end. */
  @Test
  void oneThatExpiresFirstHasUntilThen() {
    assertThat(loss(SectorOnChain.State.ACTIVE, 0, 9_000).lastChance()).isEqualTo(time(9_000));
    BatchLoss faulty = loss(SectorOnChain.State.FAULTY, 0, 9_000);
    assertThat(faulty.lastChance()).isEqualTo(time(9_000));
    assertThat(faulty.faultAt()).isEqualTo(time(1000));
  }
}
