package io.reseal.losses;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.config.MinerSettings;
import io.reseal.losses.Verdict.InStores;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a lost sector costs, and which is dealt with first. */
class LossOrderTest {

  private static final long NOW = 100_000;

  /** Deadline 2 opens next at 102,999, after a cutoff at 102,929. */
  private static final ProvingClock CLOCK = new ProvingClock(NOW, 99_999, Sectors.RULES);

  private static final Charges CHARGES =
      new Charges(
          new NetworkEstimates(
              new Smoothed(
                  BigInteger.TEN.pow(18).multiply(BigInteger.valueOf(60)).shiftLeft(128),
                  BigInteger.ZERO),
              new Smoothed(BigInteger.valueOf(20).shiftLeft(60 + 128), BigInteger.ZERO)));

  private static final BigInteger FEE = new BigInteger("903725624084472");

  private static Outlook outlook(SectorOnChain sector, Duration work) {
    return Outlook.of(sector, CLOCK, CHARGES, work, MinerSettings.Kind.LOTUS_MINER);
  }

  private static Loss loss(Sectors sector, Duration work) {
    SectorOnChain its = sector.build();
    Verdict verdict = Verdict.of(its, InStores.MISSING);
    return new Loss(its, verdict, InStores.MISSING, List.of(), work, outlook(its, work));
  }

  private static List<Long> order(Loss... losses) {
    return Stream.of(losses)
        .sorted(Loss.byCostOfWaiting(CLOCK))
        .map(loss -> loss.sector().sector().number())
        .toList();
  }

  // Fails if the time of the repair is left out, or the software's look before the cutoff is missed
  // and still counted.
  @Test
  void aFaultySectorIsProvenInTheWindowAfterTheSoftwareHasSeenIt() {
    SectorOnChain faulty = Sectors.sector(1).in(2).faultyUntil(200_000).build();
    long open = CLOCK.window(2).open();

    assertThat(open).isEqualTo(100_119);
    assertThat(outlook(faulty, Duration.ZERO).provenAt()).isEqualTo(open + 2880);
    assertThat(outlook(faulty, Duration.ofHours(23)).provenAt()).isEqualTo(open + 2880);
    assertThat(outlook(faulty, Duration.ofHours(25)).provenAt()).isEqualTo(open + 2 * 2880);
  }

  // Fails if a sector that is whole before its challenge is charged a fee, or one that is not is
  // charged none.
  @Test
  void aLossThatTheChainDoesNotKnowYetCostsNothingIfItIsMendedInTime() {
    SectorOnChain lost = Sectors.sector(1).in(2).build();

    assertThat(outlook(lost, Duration.ofMinutes(40)).feesUntilProven()).isZero();
    assertThat(outlook(lost, Duration.ofMinutes(60)).feesUntilProven()).isEqualTo(FEE);
    assertThat(outlook(lost, Duration.ofHours(30)).feesUntilProven())
        .isEqualTo(FEE.multiply(BigInteger.TWO));
  }

  // Fails if the reward of the days without proof is left out on either side.
  @Test
  void rebuildingAndLettingGoAreComparedWithTheRewardsLost() {
    Outlook outlook = outlook(Sectors.sector(1).build(), Duration.ofMinutes(60));

    assertThat(outlook.costOfRebuilding()).isEqualTo(FEE.add(outlook.dayReward()));
    assertThat(outlook.terminationFee()).isEqualTo("2108134920634920");
    assertThat(outlook.costOfLettingGo())
        .isEqualTo(
            outlook
                .terminationFee()
                .add(outlook.dayReward().multiply(BigInteger.valueOf(1_400_000 / 2880))));
  }

  // Fails if what cannot be saved is put before what can.
  @Test
  void aSectorThatIsTerminatedBeforeItCanBeProvenComesLast() {
    Loss late = loss(Sectors.sector(1).faultyUntil(NOW + 200), Duration.ofHours(4));

    assertThat(late.outlook().inTime()).isFalse();
    assertThat(order(late, loss(Sectors.sector(2).faultyUntil(NOW + 90_000), Duration.ofHours(4))))
        .containsExactly(2L, 1L);
  }

  // Fails if all software is taken to look at the same time: Curio's later look saves a sector that
  // lotus-miner, which looks earlier, would not see any more.
  @Test
  void softwareThatLooksLaterLeavesMoreTime() {
    ProvingClock.Window window = CLOCK.at(101_000).window(2);
    SectorOnChain faulty = Sectors.sector(1).in(2).faultyUntil(window.last()).build();
    long byCurio = CLOCK.rules().looksAt(MinerSettings.Kind.CURIO, window.open());
    Duration work = CLOCK.until(byCurio - 1);

    Outlook lotus = outlook(faulty, work);
    Outlook curio = Outlook.of(faulty, CLOCK, CHARGES, work, MinerSettings.Kind.CURIO);

    assertThat(window.open()).isEqualTo(102_999);
    assertThat(lotus.lastWhole()).isLessThan(byCurio - 1);
    assertThat(lotus.inTime()).isFalse();
    assertThat(curio.lastWhole()).isEqualTo(byCurio);
    assertThat(curio.provenAt()).isEqualTo(window.open());
    assertThat(curio.inTime()).isTrue();
  }

  // Fails if a sector that is about to be terminated waits behind one that is worth more.
  @Test
  void theOneWhoseLastMomentIsNearComesFirst() {
    Loss rich = loss(Sectors.sector(1).verified().faultyUntil(NOW + 90_000), Duration.ofHours(4));
    Loss urgent =
        loss(Sectors.sector(2).in(40).faultyUntil(NOW + 2880 + 2460), Duration.ofHours(4));

    assertThat(urgent.outlook().inTime()).isTrue();
    assertThat(order(rich, urgent)).containsExactly(2L, 1L);
  }

  // Fails if a loss that costs nothing yet, and never will if it is mended now, has to wait.
  @Test
  void whatCanBeMendedBeforeItFaultsComesBeforeFaultySectors() {
    Loss faulty =
        loss(Sectors.sector(1).verified().faultyUntil(NOW + 90_000), Duration.ofMinutes(5));
    Loss first = loss(Sectors.sector(2).in(2), Duration.ofMinutes(20));
    Loss second = loss(Sectors.sector(3).in(10), Duration.ofMinutes(20));
    Loss tooLong = loss(Sectors.sector(4).in(2), Duration.ofHours(4));

    assertThat(order(faulty, tooLong, second, first)).containsExactly(2L, 3L, 1L, 4L);
  }

  // Fails if a long repair of a valuable sector goes before short ones that bring more an hour.
  @Test
  void theRestIsOrderedByFeeAndRewardForEachHourOfWork() {
    Loss ten = loss(Sectors.sector(1).verified().faultyUntil(NOW + 90_000), Duration.ofHours(4));
    Loss one = loss(Sectors.sector(2).faultyUntil(NOW + 90_000), Duration.ofHours(4));
    Loss quick = loss(Sectors.sector(3).faultyUntil(NOW + 90_000), Duration.ofMinutes(6));

    assertThat(order(one, ten, quick)).containsExactly(3L, 1L, 2L);
  }
}
