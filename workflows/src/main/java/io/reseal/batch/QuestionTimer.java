package io.reseal.batch;

import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;

/** When a batch next asks about its rebuilds, because one of their reports can be lost. */
final class QuestionTimer {

  /**
   * How long after the batch has joined a rebuild that someone else started it asks again: that
   * rebuild may have been recorded as ended before the batch was requested, and then reports
   * nothing more. The interval doubles with each question.
   */
  private static final Duration FIRST_QUESTION = Duration.ofSeconds(5);

  private static final Duration LONGEST_INTERVAL = Duration.ofMinutes(5);

  /** Until the batch asks, or null in a run that an older version began. */
  private Promise<Void> untilQuestion;

  private Duration interval = LONGEST_INTERVAL;
  private int rounds;

  /**
   * Begins to ask at intervals. A run that an older version began cannot while its history is
   * replayed, and begins when it next wakes up; hence a change id for each round.
   */
  void begin() {
    if (untilQuestion == null
        && Workflow.getVersion("ask-again-" + rounds++, Workflow.DEFAULT_VERSION, 1) == 1) {
      ask(LONGEST_INTERVAL);
    }
  }

  boolean hasBegun() {
    return untilQuestion != null;
  }

  boolean isDue() {
    return hasBegun() && untilQuestion.isCompleted();
  }

  /** The next question comes soon. */
  void askSoon() {
    ask(FIRST_QUESTION);
  }

  /** The next question comes after twice the time of the last one. */
  void askLater() {
    Duration twice = interval.multipliedBy(2);
    ask(twice.compareTo(LONGEST_INTERVAL) < 0 ? twice : LONGEST_INTERVAL);
  }

  /** Asks after that time. An earlier timer runs out without effect. */
  private void ask(Duration after) {
    interval = after;
    untilQuestion = Workflow.newTimer(after);
  }
}
