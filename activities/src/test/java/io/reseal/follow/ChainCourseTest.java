package io.reseal.follow;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.config.MinerSettings;
import io.reseal.contract.OnChain;
import io.reseal.contract.OnChain.Status;
import io.reseal.losses.ProvingClock;
import io.reseal.losses.SectorOnChain;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * The loss of a sector as a real network showed it: deadline 3 of a miner whose proving periods
 * begin at 3034 and 5914, open from 3214 to 3273 and from 6094 to 6153.
 */
class ChainCourseTest {

  private static final SectorId SECTOR = new SectorId(1001, 2);
  private static final Duration EPOCH = Duration.ofSeconds(4);
  private static final long EARLY = 124_233;
  private static final long NOW = 1_000_000_000;

  private Optional<MinerSettings.Kind> software = Optional.of(MinerSettings.Kind.LOTUS_MINER);

  private OnChain at(long epoch, OnChain before, SectorOnChain.State state) {
    return new ChainCourse(
            SECTOR,
            software,
            before,
            new SectorOnChain(
                SECTOR,
                3,
                0,
                state,
                state.isFaulty() ? EARLY : 0,
                SealProof.KIB_2_V1_1,
                null,
                false,
                false,
                null,
                null),
            new ProvingClock(
                epoch,
                epoch < 5914 ? 3034 : 5914,
                new ProvingClock.Rules(2880, 48, 60, 20, 70, EPOCH)),
            NOW)
        .now();
  }

  private OnChain active(long epoch, OnChain before) {
    return at(epoch, before, SectorOnChain.State.ACTIVE);
  }

  private OnChain faulty(long epoch, OnChain before) {
    return at(epoch, before, SectorOnChain.State.FAULTY);
  }

  private OnChain recovering(long epoch, OnChain before) {
    return at(epoch, before, SectorOnChain.State.RECOVERING);
  }

  private static long epochOfNextLook(OnChain now) {
    return now.height() + (now.nextLook() - NOW) / EPOCH.toMillis();
  }

  /** Catches a sector that counts as overdue before it could be proven, or never. */
  @Test
  void theFirstWindowInWhichItCouldBeProvenStaysKnown() {
    OnChain faulty = faulty(3220, null);
    assertThat(faulty.firstChance()).isEqualTo(6154);
    OnChain recovering = recovering(5958, faulty);
    assertThat(faulty(6155, recovering).firstChance()).isEqualTo(6154);
    assertThat(faulty(6030, null).firstChance()).isEqualTo(6154 + 2880);
    assertThat(recovering(6030, null).firstChance()).isEqualTo(6154);
    assertThat(active(3220, null).firstChance()).isNull();
  }

  /** Catches a look at the wrong moment, and a sector that is left before it is final. */
  @Test
  void aFaultySectorIsSeenToBeDeclaredAndProven() {
    OnChain faulty = faulty(3220, null);
    assertThat(faulty.status()).isEqualTo(Status.FAULTY);
    assertThat(faulty.attention()).isNull();
    assertThat(faulty.text()).contains("terminates it at epoch 124233", "at epoch 5955");
    assertThat(epochOfNextLook(faulty)).isEqualTo(5958);

    OnChain recovering = recovering(5958, faulty);
    assertThat(recovering.status()).isEqualTo(Status.RECOVERING);
    assertThat(recovering.text()).contains("deadline 3, epochs 6094 to 6153");
    assertThat(epochOfNextLook(recovering)).isEqualTo(6155);

    OnChain proven = active(6155, recovering);
    assertThat(proven.status()).isEqualTo(Status.PROVEN);
    assertThat(epochOfNextLook(proven)).isEqualTo(7055);
    assertThat(active(7055, proven).nextLook()).isNull();
    assertThat(active(7055, proven).course())
        .isEqualTo("faulty (epoch 3220) → recovering (epoch 5958) → proven (epoch 6155)");
  }

  /** Catches a chance that passes without a word while something can still be done. */
  @Test
  void aRecoveryThatIsNotDeclaredIsReportedWhileThereIsTime() {
    OnChain late = faulty(5958, faulty(3220, null));
    assertThat(late.attention()).contains("is not declared", "epoch 5955", "before epoch 6024");
    assertThat(late.command()).isEqualTo("lotus-miner proving recover-faults 2");
    assertThat(epochOfNextLook(late)).as("a last call before the cutoff").isEqualTo(6019);

    OnChain lastCall = faulty(6019, late);
    assertThat(lastCall.attention()).contains("before epoch 6024");
    assertThat(epochOfNextLook(lastCall)).isEqualTo(6154);

    OnChain dayAfter = faulty(6154, lastCall);
    assertThat(dayAfter.attention()).as("what was missed stays in sight").isNotNull();
    assertThat(dayAfter.text()).contains("at epoch 8835");
    assertThat(epochOfNextLook(dayAfter)).isEqualTo(8838);
    assertThat(recovering(8838, dayAfter).attention()).isNull();
  }

  /** Catches a recovery that failed and is shown like a fault that nobody has looked at. */
  @Test
  void aRecoveryThatWasNotProvenIsReported() {
    OnChain failed = faulty(6155, recovering(5958, null));
    assertThat(failed.attention()).contains("declared, but it was not proven");
    assertThat(failed.status()).isEqualTo(Status.FAULTY);
    assertThat(epochOfNextLook(failed)).isEqualTo(8838);
  }

  /** Catches a sector that counts as proven though its deadline has not come yet. */
  @Test
  void aLossThatTheChainDidNotNoticeIsOverWithTheNextDeadline() {
    OnChain before = active(3100, null);
    assertThat(before.status()).isEqualTo(Status.ACTIVE);
    assertThat(epochOfNextLook(before)).isEqualTo(3275);
    assertThat(active(3200, before).status()).isEqualTo(Status.ACTIVE);
    assertThat(active(3275, before).status()).isEqualTo(Status.PROVEN);
    assertThat(faulty(3275, before).status()).isEqualTo(Status.FAULTY);
  }

  /** Catches a deadline whose challenge was drawn before the files were back. */
  @Test
  void aDeadlineThatIsUnderWayProvesNothing() {
    assertThat(epochOfNextLook(active(3200, null))).isEqualTo(6155);
    assertThat(epochOfNextLook(active(3194, null)))
        .as("its challenge is drawn now")
        .isEqualTo(3275);
  }

  @Test
  void aSectorThatEndedIsNotFollowedAnyMore() {
    OnChain ended = at(6154, faulty(3220, null), SectorOnChain.State.TERMINATED);
    assertThat(ended.status()).isEqualTo(Status.ENDED);
    assertThat(ended.nextLook()).isNull();
    assertThat(ended.attention()).isNotNull();
  }

  /** Catches advice that can no longer be followed. */
  @Test
  void aSectorThatCannotBeSavedAnyMoreIsOnlySeenToEnd() {
    assertThat(faulty(EARLY - 130, null).command()).isNotNull();
    OnChain hopeless = faulty(EARLY - 129, null);
    assertThat(hopeless.attention()).contains("by epoch " + (EARLY - 130));
    assertThat(hopeless.command()).isNull();
    assertThat(epochOfNextLook(hopeless)).isEqualTo(EARLY + 1);
  }

  /** Catches a look before software has looked that does so later than lotus-miner. */
  @Test
  void curioLooksWhenADeadlineOpens() {
    software = Optional.of(MinerSettings.Kind.CURIO);
    assertThat(epochOfNextLook(faulty(3220, null))).isEqualTo(5977);
    assertThat(faulty(5977, null).command())
        .contains("--method 11", "{\"Deadline\":3,\"Partition\":0,\"Sectors\":[2,1]}", "f01001 0");
    software = Optional.empty();
    assertThat(epochOfNextLook(faulty(3220, null))).isEqualTo(5977);
    software = Optional.of(MinerSettings.Kind.DAMOCLES);
    assertThat(faulty(5977, null).command())
        .isEqualTo("damocles-manager util sealer proving recover-faults --deadline 3");
  }

  private static OnChain unseen(long epoch, OnChain before) {
    return ChainCourse.unseen(
        before,
        "not found",
        new ProvingClock(epoch, 3034, new ProvingClock.Rules(2880, 48, 60, 20, 70, EPOCH)),
        NOW);
  }

  private static OnChain afterHours(long hours, OnChain before) {
    return unseen(3220 + Duration.ofHours(hours).toSeconds() / EPOCH.toSeconds(), before);
  }

  // Fails if a sector that no node shows is looked for without end, or all the time.
  @Test
  void whatNoNodeShowsIsLookedForLessAndLessOftenAndInTheEndNoMore() {
    OnChain first = afterHours(0, null);
    assertThat(first.nextLook()).isEqualTo(NOW + Duration.ofHours(1).toMillis());
    assertThat(first.attention()).contains("Check its number");
    OnChain later = afterHours(24, afterHours(1, first));
    assertThat(later.nextLook()).isEqualTo(NOW + Duration.ofDays(1).toMillis());
    assertThat(later.changes()).hasSize(1);
    assertThat(afterHours(239, later).nextLook()).isNotNull();
    OnChain last = afterHours(240, later);
    assertThat(last.nextLook()).isNull();
    assertThat(last.attention()).contains("10 days", "followed no more", "the next rebuild");
  }

  // Fails if a sector that nodes show again counts as proven, or what was known of it is lost.
  @Test
  void whatIsShownAgainGoesOnWhereItWas() {
    OnChain never = unseen(3100, null);
    assertThat(active(3110, never).status()).isEqualTo(Status.ACTIVE);
    assertThat(active(3110, never).due()).isEqualTo(3274);

    OnChain recovering = recovering(5958, faulty(3220, null));
    OnChain back = faulty(6155, unseen(6000, recovering));
    assertThat(back.attention()).contains("was declared, but it was not proven");
    assertThat(back.firstChance()).isEqualTo(6154);
    assertThat(back.course())
        .isEqualTo(
            "faulty (epoch 3220) → recovering (epoch 5958) → unseen (epoch 6000) → faulty (epoch"
                + " 6155)");
  }
}
