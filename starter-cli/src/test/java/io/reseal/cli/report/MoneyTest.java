package io.reseal.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.catalog.BatchLoss;
import io.reseal.catalog.BatchOutcome;
import io.reseal.catalog.FollowedRow;
import io.reseal.cli.Samples;
import io.reseal.contract.OnChain;
import io.reseal.contract.RunRecord;
import io.reseal.losses.Verdict;
import io.reseal.sector.RebuildState;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Losses of one sector with a period of 100: fee 7, reward 2, termination 50, expiry at 10,000. */
class MoneyTest {

  private static BatchLoss loss(Long wholeBy, long faultAt) {
    return new BatchLoss(
        Samples.SECTOR,
        0,
        Verdict.FAULTY,
        "its sealed file",
        2048,
        false,
        3,
        0,
        wholeBy,
        faultAt,
        100,
        4000,
        10_000,
        null,
        BigInteger.valueOf(1000),
        BigInteger.valueOf(7),
        BigInteger.TWO,
        BigInteger.valueOf(50));
  }

  private static Money of(BatchLoss loss, Long storedAt, OnChain.Status status, long now) {
    RunRecord run =
        Samples.run(
            Samples.SECTOR,
            storedAt == null ? RebuildState.PC1_DONE : RebuildState.FINISHED,
            storedAt,
            null);
    BatchOutcome outcome = new BatchOutcome(0, Samples.SECTOR, run);
    FollowedRow chain =
        status == null
            ? null
            : new FollowedRow(
                Samples.SECTOR, status, 9, "", "", null, null, null, now, null, 9L, 950L, null);
    return Money.of(
        List.of(new BatchReport.Sector(outcome, outcome.kind(), List.of(), loss, chain)), now);
  }

  private static void assertAmounts(Money money, long lost, long saved, long atStake, long fees) {
    assertThat(List.of(money.lost(), money.saved(), money.atStake(), money.feesADay()))
        .containsExactly(
            BigInteger.valueOf(lost),
            BigInteger.valueOf(saved),
            BigInteger.valueOf(atStake),
            BigInteger.valueOf(fees));
  }

  /** Catches: fees that go on after the proof, or a part of a period that is charged in full. */
  @Test
  void aProvenSectorHasCostUntilItsProof() {
    // Faulty from 600 to 950: three fees, the reward of 3.5 periods; then 90.5 periods are left.
    Money money = of(loss(null, 600), 900L, OnChain.Status.PROVEN, 2000);
    assertAmounts(money, 3 * 7 + 7, 50 + 181, 0, 0);
    assertThat(money.pledgeProven()).isEqualTo(1000);
  }

  /** Catches: a fault that never was, because the sector was whole before it could be noticed. */
  @Test
  void aSectorThatIsBackInTimeCostsNothing() {
    assertAmounts(of(loss(500L, 600), 500L, OnChain.Status.ACTIVE, 2000), 0, 0, 50 + 160, 0);
    assertAmounts(of(loss(500L, 600), 501L, OnChain.Status.FAULTY, 2000), 98 + 28, 0, 50 + 160, 7);
  }

  /** Catches: a sector that is back in its store and counts as saved before the chain says so. */
  @Test
  void whatIsNotProvenIsAtStake() {
    assertAmounts(of(loss(null, 600), 900L, null, 1000), 28 + 8, 0, 50 + 180, 7);
    assertAmounts(of(loss(null, 600), null, null, 1000), 28 + 8, 0, 50 + 180, 7);
    assertAmounts(of(loss(null, 1200), null, null, 1000), 0, 0, 50 + 180, 0);
  }

  /** Catches: the end of a sector that costs nothing; and a fee for one that has expired. */
  @Test
  void aSectorThatEndedCostsWhatItWouldHaveEarned() {
    assertAmounts(of(loss(null, 600), 900L, OnChain.Status.ENDED, 2000), 28 + 50 + 181, 0, 0, 0);
    BatchLoss old = loss(null, 600);
    BatchLoss expired =
        new BatchLoss(
            old.sector(),
            0,
            old.verdict(),
            "",
            2048,
            false,
            3,
            0,
            null,
            600,
            100,
            940,
            940,
            null,
            old.pledge(),
            old.faultFee(),
            old.dayReward(),
            old.terminationFee());
    assertAmounts(of(expired, 900L, OnChain.Status.ENDED, 2000), 28, 0, 0, 0);
  }
}
