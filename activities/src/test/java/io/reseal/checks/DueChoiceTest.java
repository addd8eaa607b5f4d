package io.reseal.checks;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.checks.DueChoice.Choice;
import io.reseal.checks.DueChoice.Known;
import io.reseal.contract.CheckLevel;
import io.reseal.contract.ScrubCopy;
import io.reseal.contract.ScrubPlan;
import io.reseal.contract.ScrubPosition;
import io.reseal.contract.ScrubQuestion;
import io.reseal.sector.SectorId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which copies a tour visits, and in which order. */
class DueChoiceTest {

  private static final long NOW = Duration.ofDays(1000).toMillis();

  private static final ScrubPlan PLAN =
      new ScrubPlan(Duration.ofDays(7), Duration.ofDays(365), null, null, 1, false);

  private static Known copy(long number, long sampledDaysAgo, long readDaysAgo) {
    return new Known(
        new ScrubCopy(new SectorId(1001, number), "sealed"),
        at(sampledDaysAgo),
        at(readDaysAgo),
        false);
  }

  private static long at(long daysAgo) {
    return daysAgo < 0 ? 0 : NOW - Duration.ofDays(daysAgo).toMillis();
  }

  private static ScrubQuestion question(ScrubPlan plan, ScrubPosition after, int count) {
    return new ScrubQuestion("a", plan, NOW, after, count);
  }

  private static List<Long> numbers(Choice choice) {
    return choice.next().stream().map(next -> next.copy().sector().number()).toList();
  }

  /** Seen to fail when the order was that of the sectors' numbers. */
  @Test
  void theLongestUncheckedCopyIsFirstAndWhatIsNotDueIsLeft() {
    Choice choice =
        DueChoice.of(
            List.of(copy(1, 8, 8), copy(2, 6, 6), copy(3, -1, 1), copy(4, 30, 30), copy(5, 7, 7)),
            question(PLAN, null, 100),
            NOW);
    assertThat(numbers(choice)).containsExactly(3L, 4L, 1L, 5L);
    assertThat(choice.samples()).isEqualTo(4);
    assertThat(choice.fulls()).isZero();
  }

  /** Fails if a store that was never read is read in full before any of it is sampled. */
  @Test
  void samplesComeBeforeWholeCopiesAndATourVisitsEachOnce() {
    List<Known> copies = List.of(copy(1, -1, -1), copy(2, 8, 400), copy(3, 1, 366));
    List<String> visited = new ArrayList<>();
    ScrubPosition after = null;
    while (true) {
      Choice choice = DueChoice.of(copies, question(PLAN, after, 2), NOW);
      if (choice.next().isEmpty()) {
        break;
      }
      choice
          .next()
          .forEach(next -> visited.add(next.level() + " " + next.copy().sector().number()));
      after = choice.next().get(choice.next().size() - 1);
    }
    assertThat(visited).containsExactly("SAMPLE 1", "SAMPLE 2", "FULL 1", "FULL 2", "FULL 3");
  }

  /** Seen to fail when copies that are gone waited for their next sample. */
  @Test
  void thatNothingIsLeftOfACopyIsFoundOutAtOnce() {
    Known gone = new Known(new ScrubCopy(new SectorId(1001, 9), "sealed"), at(1), -1, true);
    Choice choice = DueChoice.of(List.of(gone), question(PLAN, null, 100), NOW);
    assertThat(choice.next()).extracting(ScrubPosition::level).containsExactly(CheckLevel.SAMPLE);
  }

  @Test
  void aLevelThatIsNotWantedIsNeverDue() {
    ScrubPlan onlyFull = new ScrubPlan(null, Duration.ofDays(365), null, null, 1, false);
    ScrubPlan onlySamples = new ScrubPlan(Duration.ofDays(7), null, null, null, 1, false);
    List<Known> never = List.of(copy(1, -1, -1));
    assertThat(DueChoice.of(never, question(onlyFull, null, 1), NOW).samples()).isZero();
    assertThat(DueChoice.of(never, question(onlyFull, null, 1), NOW).fulls()).isOne();
    assertThat(DueChoice.of(never, question(onlySamples, null, 1), NOW).fulls()).isZero();
  }
}
