package io.reseal.checks;

import io.reseal.contract.CheckLevel;
import io.reseal.contract.ScrubCopy;
import io.reseal.contract.ScrubPosition;
import io.reseal.contract.ScrubQuestion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Chooses the copies that a tour visits next. */
final class DueChoice {

  /**
   * A copy that a store has or had.
   *
   * @param sampledAt when a sample of it or all of it was last read, in epoch milliseconds; 0 for
   *     never
   * @param readAt when all of it was last read; 0 for never
   * @param absent whether the store has no file of it
   */
  record Known(ScrubCopy copy, long sampledAt, long readAt, boolean absent) {}

  /**
   * The next ones, and how many are left.
   *
   * @param next those to check next, all at one level
   */
  record Choice(List<ScrubPosition> next, int samples, int fulls) {}

  private DueChoice() {}

  /**
   * Samples come before whole copies, so that a first tour sees all of a store soon, and of each
   * kind the copy that was not checked for longest comes first. That nothing is left of a copy is
   * to be found out at once.
   *
   * @param startedAt when the tour began: what becomes due later is left to the next one
   */
  static Choice of(Collection<Known> copies, ScrubQuestion question, long startedAt) {
    List<ScrubPosition> due = new ArrayList<>();
    for (Known copy : copies) {
      Duration sampleEvery = question.plan().every(CheckLevel.SAMPLE);
      Duration fullEvery = question.plan().every(CheckLevel.FULL);
      if (copy.absent() || isDue(copy.sampledAt(), sampleEvery, startedAt)) {
        due.add(new ScrubPosition(CheckLevel.SAMPLE, copy.sampledAt(), copy.copy()));
      }
      if (!copy.absent() && isDue(copy.readAt(), fullEvery, startedAt)) {
        due.add(new ScrubPosition(CheckLevel.FULL, copy.readAt(), copy.copy()));
      }
    }
    List<ScrubPosition> left =
        due.stream()
            .filter(
                position -> question.after() == null || position.compareTo(question.after()) > 0)
            .sorted()
            .toList();
    int samples =
        (int) left.stream().filter(position -> position.level() == CheckLevel.SAMPLE).count();
    return new Choice(
        left.stream()
            .filter(position -> position.level() == left.get(0).level())
            .limit(question.count())
            .toList(),
        samples,
        left.size() - samples);
  }

  private static boolean isDue(long checkedAt, Duration every, long startedAt) {
    return every != null && checkedAt <= startedAt - every.toMillis();
  }
}
