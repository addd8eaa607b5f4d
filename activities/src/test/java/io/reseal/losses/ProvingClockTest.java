package io.reseal.losses;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.config.MinerSettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A miner's deadlines and the last moments of its faulty sectors, as seen on a real network. */
class ProvingClockTest {

  private static final ProvingClock.Rules RULES =
      new ProvingClock.Rules(2880, 48, 60, 20, 70, Duration.ofSeconds(4));

  private static ProvingClock at(long now) {
    return new ProvingClock(now, now < 5914 ? 3034 : 5914, RULES);
  }

  // Fails if a deadline that has closed today is not tomorrow's, or an open one is taken for
  // tomorrow's.
  @ParameterizedTest
  @CsvSource({
    "3153, 2, 3154, 3214, 3084",
    "3213, 2, 3154, 3214, 3084",
    "3214, 2, 6034, 6094, 5964",
    "3214, 47, 5854, 5914, 5784",
    "5897, 0, 5914, 5974, 5844"
  })
  void theNextWindowOfADeadline(long now, int deadline, long open, long close, long cutoff) {
    assertThat(at(now).window(deadline))
        .isEqualTo(new ProvingClock.Window(deadline, open, close, cutoff));
  }

  // Fails if the epoch of the cutoff counts as in time: the chain took a declaration at 5963 and
  // refused it at 5964.
  @ParameterizedTest
  @CsvSource({"5963, 6034", "5964, 8914", "6050, 8914"})
  void theNextWindowThatARecoveryCanBeDeclaredFor(long now, long open) {
    assertThat(at(now).nextChance(2).open()).isEqualTo(open);
  }

  // Fails if the software is expected at another epoch than the one at which it looked.
  @ParameterizedTest
  @CsvSource({
    "LOTUS_MINER, 5890, 5895",
    "LOTUS_MINER, 5895, 5895",
    "LOTUS_MINER, 5896, 8775",
    "DAMOCLES, 5890, 5895",
    "CURIO, 5914, 5914",
    "CURIO, 5915, 8794"
  })
  void whenTheMinersSoftwareLooksAtADeadline(MinerSettings.Kind software, long now, long looks) {
    assertThat(at(now).nextLook(2, software)).isEqualTo(looks);
  }

  // Fails if the start of the fault, the last declaration, or the last window is off by an epoch.
  @Test
  void theTermOfAFaultySector() {
    ProvingClock.Term term = at(3220).term(124_173);

    assertThat(term.faultEpoch()).isEqualTo(3213);
    assertThat(term.lastDeclaration()).isEqualTo(124_043);
    assertThat(term.lastProofFrom()).isEqualTo(124_114);
    assertThat(term.lastLook(MinerSettings.Kind.LOTUS_MINER)).isEqualTo(124_173 - 198);
    assertThat(term.lastLook(MinerSettings.Kind.CURIO)).isEqualTo(124_173 - 179);
    assertThat(at(124_043).term(124_173).isHopeless()).isFalse();
    assertThat(at(124_044).term(124_173).isHopeless()).isTrue();
  }

  // Fails if the last declaration is not one for the last window: the clock would promise a day
  // that the chain does not give.
  @Test
  void theLastDeclarationIsForTheLastWindow() {
    long early = 6093 + 42 * 2880;
    ProvingClock before = new ProvingClock(early - 130, 5914, RULES);

    assertThat(before.nextChance(2).last()).isEqualTo(early);
    assertThat(new ProvingClock(early - 129, 5914, RULES).nextChance(2).last())
        .isGreaterThan(early);
  }

  // Fails if an epoch is taken for 30 seconds on a network of another pace.
  @Test
  void epochsLastAsLongAsTheNetworkSays() {
    assertThat(at(3214).term(3214 + 2880).left()).isEqualTo(Duration.ofMinutes(192));
    assertThat(at(3214).until(3204)).isEqualTo(Duration.ofSeconds(-40));
  }

  // Fails if a proving period that began before the chain did is refused or moved.
  @Test
  void aYoungNetworksPeriodBeginsBeforeItsGenesis() {
    ProvingClock young = new ProvingClock(39, -2222, RULES);

    assertThat(young.window(37).open()).isEqualTo(-2);
    assertThat(young.window(0).last()).isEqualTo(717);
    assertThat(young.term(121_677).faultEpoch()).isEqualTo(717);
  }

  // Fails if the challenge of a window that is open still counts as time to repair in.
  @ParameterizedTest
  @CsvSource({"6014, 6014", "6015, 8894", "6040, 8894"})
  void untilWhenALostSectorMustBeWholeAgain(long now, long challenge) {
    assertThat(at(now).nextChallenge(2)).isEqualTo(challenge);
  }

  // Fails if the deadline before the current one counts as the next.
  @ParameterizedTest
  @CsvSource({"5973, false", "5974, true", "6093, true", "6094, false"})
  void deadlinesThatCannotBeChanged(long now, boolean immutable) {
    assertThat(at(now).isImmutable(2)).isEqualTo(immutable);
  }
}
