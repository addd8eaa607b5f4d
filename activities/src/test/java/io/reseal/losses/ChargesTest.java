package io.reseal.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The chain's charges: to the attoFIL, and as they must be whatever the network does. */
class ChargesTest {

  private static final BigInteger GIB_32 = BigInteger.valueOf(32L << 30);
  private static final BigInteger SIZE = BigInteger.valueOf(2048);

  private static JsonNode recorded() throws IOException {
    try (InputStream in = ChargesTest.class.getResourceAsStream("/lotus/network-3/money.json")) {
      return new ObjectMapper().readTree(in);
    }
  }

  private static Smoothed smoothed(JsonNode estimate) {
    return new Smoothed(big(estimate, "PositionEstimate"), big(estimate, "VelocityEstimate"));
  }

  private static BigInteger big(JsonNode object, String name) {
    return new BigInteger(object.path(name).asText());
  }

  private static BigInteger fixed(BigInteger number) {
    return number.shiftLeft(128);
  }

  /** A network of 20 EiB that pays 60 FIL an epoch, with changes in whole units an epoch. */
  private static NetworkEstimates network(long rewardChange, long powerChange) {
    return new NetworkEstimates(
        new Smoothed(
            fixed(BigInteger.TEN.pow(18).multiply(BigInteger.valueOf(60))),
            fixed(BigInteger.valueOf(rewardChange))),
        new Smoothed(
            fixed(BigInteger.ONE.shiftLeft(60).multiply(BigInteger.valueOf(20))),
            fixed(BigInteger.valueOf(powerChange))));
  }

  // Fails if a velocity is left out, a shift or division rounds towards zero, or the logarithm's
  // exponent is off by one.
  @Test
  void chargesWhatTheChainChargedAtTheEndsOfDeadlines() throws IOException {
    for (JsonNode end : recorded().path("deadlineEnds")) {
      Charges charges =
          new Charges(
              new NetworkEstimates(
                  smoothed(end.path("rewardSmoothed")), smoothed(end.path("powerSmoothed"))));

      BigInteger fee = charges.faultFee(big(end, "previouslyFaultyQAPower"));

      assertThat(fee.add(big(end, "dailyFee")))
          .as("charged at %s", end.path("lastEpoch"))
          .isEqualTo(big(end, "chargedByChain"));
    }
  }

  // Fails if the fee is taken by age from the power's base, or without its two lower limits.
  @Test
  void terminatingCostsWhatTheChainBurnt() throws IOException {
    JsonNode estimates = recorded().path("stages");
    for (JsonNode call : recorded().path("terminationFees")) {
      JsonNode stage = estimates.path(call.path("stage").asText());
      Charges charges =
          new Charges(
              new NetworkEstimates(
                  smoothed(stage.path("rewardSmoothed")), smoothed(stage.path("powerSmoothed"))));

      BigInteger burnt = BigInteger.ZERO;
      for (JsonNode sector : call.path("sectors")) {
        boolean verified = big(sector, "qaPower").compareTo(SIZE) > 0;
        SectorWorth worth =
            new SectorWorth(
                SIZE.longValue(),
                sector.path("activation").asLong(),
                sector.path("activation").asLong(),
                sector.path("activation").asLong() + 1000,
                verified ? SIZE.multiply(BigInteger.valueOf(1000)) : BigInteger.ZERO,
                big(sector, "initialPledge"),
                BigInteger.ZERO);
        assertThat(worth.qaPower()).isEqualTo(big(sector, "qaPower"));
        assertThat(charges.faultFee(worth.qaPower())).isEqualTo(big(sector, "faultFee"));
        burnt = burnt.add(charges.terminationFee(worth, call.path("epoch").asLong()));
      }

      assertThat(burnt).as(call.path("file").asText()).isEqualTo(big(call, "burntByChain"));
    }
  }

  // Fails if the daily fee is rounded, or the power is divided before it is multiplied.
  @Test
  void theDailyFeeIsWhatTheChainRecorded() throws IOException {
    for (JsonNode sector : recorded().path("dailyFees")) {
      assertThat(Charges.dailyFee(big(sector, "filCirculating"), big(sector, "qaPower")))
          .isEqualTo(big(sector, "recorded"));
    }
  }

  // Fails if negative velocities are rounded towards zero.
  @ParameterizedTest
  @CsvSource({
    "0, 0, 1, 903725624084472",
    "0, 0, 10, 9037256240844726",
    "-10000000000000, -300000000000, 1, 903023748532241",
    "-10000000000000, 300000000000, 1, 902905033608619"
  })
  void faultFeesOfASettledNetwork(long reward, long power, long times, BigInteger fee) {
    assertThat(
            new Charges(network(reward, power))
                .faultFee(GIB_32.multiply(BigInteger.valueOf(times))))
        .isEqualTo(fee);
  }

  // Fails if Java's division, which rounds towards zero, is used for the chain's.
  @ParameterizedTest
  @CsvSource({"7, 2, 3", "-7, 2, -4", "7, -2, -4", "-7, -2, 3", "-8, 2, -4", "0, -2, 0"})
  void divisionsRoundDown(BigInteger dividend, BigInteger divisor, BigInteger quotient) {
    assertThat(NetworkEstimates.floorDivide(dividend, divisor)).isEqualTo(quotient);
  }

  // Fails if a division by the power of an empty network is attempted.
  @Test
  void onANetworkWithoutPowerTheWholeRewardIsExpected() {
    NetworkEstimates empty =
        new NetworkEstimates(
            network(0, 0).reward(), new Smoothed(BigInteger.ZERO, BigInteger.ZERO));

    assertThat(empty.expectedReward(GIB_32, 2880))
        .isEqualTo(BigInteger.TEN.pow(18).multiply(BigInteger.valueOf(60)));
  }

  // Fails if a power that falls below zero within days gives a number that means nothing.
  @Test
  void aPowerThatVanishesHasNoExpectedReward() {
    NetworkEstimates vanishing =
        new NetworkEstimates(
            network(0, 0).reward(), new Smoothed(fixed(GIB_32), fixed(GIB_32.negate())));

    assertThatThrownBy(() -> vanishing.expectedReward(GIB_32, 2880))
        .isInstanceOf(IllegalArgumentException.class);
  }

  // Fails if deals without verified data count, or the share of verified space is not in between.
  @ParameterizedTest
  @CsvSource({"0, 2048", "1024000, 11264", "2048000, 20480"})
  void powerGrowsWithTheShareOfVerifiedData(BigInteger weight, BigInteger power) {
    assertThat(new SectorWorth(2048, 0, 0, 1000, weight, BigInteger.ONE, BigInteger.ZERO).qaPower())
        .isEqualTo(power);
  }

  // Fails if a share of the pledge is taken before the younger sector's age, or above the full age.
  @ParameterizedTest
  @CsvSource({"0, 2000", "94880, 2000", "201600, 4250", "403200, 8500", "4032000, 8500"})
  void thePledgesPartGrowsWithTheAge(long age, BigInteger fee) {
    Charges free =
        new Charges(
            new NetworkEstimates(
                new Smoothed(BigInteger.ZERO, BigInteger.ZERO), network(0, 0).power()));
    SectorWorth sector =
        new SectorWorth(
            2048, 100, 50, 10_000_000, BigInteger.ZERO, BigInteger.valueOf(100_000), fee);

    assertThat(free.terminationFee(sector, 100 + age)).isEqualTo(fee);
  }

  @Provide
  Arbitrary<Charges> anyNetwork() {
    Arbitrary<BigInteger> rewards =
        Arbitraries.bigIntegers().between(BigInteger.ZERO, fixed(BigInteger.TEN.pow(21)));
    Arbitrary<BigInteger> powers =
        Arbitraries.bigIntegers()
            .between(fixed(BigInteger.ONE.shiftLeft(40)), fixed(BigInteger.ONE.shiftLeft(70)));
    // No faster than that anything loses all in 30,000 epochs.
    Arbitrary<Integer> changes = Arbitraries.integers().between(-1000, 1000);
    return Combinators.combine(rewards, powers, changes, changes)
        .as(
            (reward, power, rewardChange, powerChange) ->
                new Charges(
                    new NetworkEstimates(
                        changing(reward, rewardChange), changing(power, powerChange))));
  }

  private static Smoothed changing(BigInteger position, int change) {
    return new Smoothed(
        position,
        position.multiply(BigInteger.valueOf(change)).divide(BigInteger.valueOf(30_000_000)));
  }

  // Fails if the fee has the wrong sign, or an error in the logarithm shows as a fee that falls
  // when the power rises.
  @Property(tries = 500)
  void faultFeesGrowWithThePower(
      @ForAll("anyNetwork") Charges charges,
      @ForAll @LongRange(min = 0, max = 1L << 50) long power,
      @ForAll @LongRange(min = 0, max = 1L << 50) long more) {
    BigInteger less = charges.faultFee(BigInteger.valueOf(power));

    assertThat(less).isNotNegative();
    assertThat(charges.faultFee(BigInteger.valueOf(power + more))).isGreaterThanOrEqualTo(less);
  }

  // Fails if the reward per power is rounded before it is multiplied with the power: the chain
  // charges a deadline's faulty sectors together, which may differ from the sum by one attoFIL
  // each.
  @Property(tries = 500)
  void faultFeesAddUp(
      @ForAll("anyNetwork") Charges charges,
      @ForAll @LongRange(min = 0, max = 1L << 50) long one,
      @ForAll @LongRange(min = 0, max = 1L << 50) long other) {
    BigInteger together = charges.faultFee(BigInteger.valueOf(one + other));
    BigInteger apart =
        charges.faultFee(BigInteger.valueOf(one)).add(charges.faultFee(BigInteger.valueOf(other)));

    assertThat(together.subtract(apart)).isBetween(BigInteger.ZERO, BigInteger.ONE);
  }

  // Fails if the fee of the logarithm's branch does not meet the other one where the power hardly
  // changes: they are the same integral.
  @Property(tries = 200)
  void aSlowChangeOfPowerHardlyMatters(@ForAll @LongRange(min = 1, max = 1000) long change) {
    BigInteger still = new Charges(network(0, 0)).faultFee(GIB_32);
    BigInteger moving = new Charges(network(0, change)).faultFee(GIB_32);

    assertThat(moving.subtract(still).abs())
        .isLessThanOrEqualTo(still.divide(BigInteger.valueOf(1_000_000)));
  }

  // Fails without the floors of the fee or its cap.
  @Property(tries = 500)
  void terminationFeesAreWithinTheirLimits(
      @ForAll("anyNetwork") Charges charges,
      @ForAll @LongRange(min = 0, max = Long.MAX_VALUE) long pledge,
      @ForAll @LongRange(min = 0, max = 5_000_000) long age) {
    SectorWorth sector =
        new SectorWorth(
            32L << 30,
            1000,
            1000,
            6_000_000,
            BigInteger.ZERO,
            BigInteger.valueOf(pledge),
            BigInteger.ZERO);
    BigInteger fee = charges.terminationFee(sector, 1000 + age);
    BigInteger ofFault =
        charges
            .faultFee(sector.qaPower())
            .multiply(BigInteger.valueOf(105))
            .divide(BigInteger.valueOf(100));
    BigInteger ofPledge =
        sector.pledge().multiply(BigInteger.valueOf(85)).divide(BigInteger.valueOf(1000));

    assertThat(fee)
        .isGreaterThanOrEqualTo(ofFault)
        .isGreaterThanOrEqualTo(sector.pledge().divide(BigInteger.valueOf(50)))
        .isLessThanOrEqualTo(ofPledge.max(ofFault))
        .isLessThanOrEqualTo(charges.terminationFee(sector, 1000 + age + 2880));
  }

  // Fails if an amount is shown in a unit that hides it, or with more digits than help.
  @ParameterizedTest
  @CsvSource({
    "0, 0 FIL",
    "1, 1 aFIL",
    "91817990630, 91.82 nFIL",
    "903725624084472, 903.7 µFIL",
    "119000000000000000, 0.119 FIL",
    "140256000000000000, 0.1403 FIL",
    "99999000000000000, 0.1 FIL",
    "1234567000000000000000, 1235 FIL",
    "-2500000000000000000, -2.5 FIL"
  })
  void amountsAreShownWithFourDigits(BigInteger atto, String text) {
    assertThat(Fil.text(atto)).isEqualTo(text);
  }
}
