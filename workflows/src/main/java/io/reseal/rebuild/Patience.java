package io.reseal.rebuild;

import java.time.Duration;

/**
 * How long to wait between questions about something that may take weeks: at first always the same
 * time, later longer, so that the history stays short.
 */
final class Patience {

  private static final int QUESTIONS_AT_FIRST = 48;
  private static final Duration LONGEST = Duration.ofHours(2);

  private final Duration first;
  private Duration next;
  private int questions;

  Patience(Duration first) {
    this.first = first;
    this.next = first;
  }

  Duration next() {
    questions++;
    if (questions > QUESTIONS_AT_FIRST && next.compareTo(LONGEST) < 0) {
      Duration twice = next.multipliedBy(2);
      next = twice.compareTo(LONGEST) < 0 ? twice : LONGEST;
    }
    return next;
  }

  /** What was waited for has happened. */
  void reset() {
    questions = 0;
    next = first;
  }
}
