package io.reseal.pieces;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** A source did not send a piece; the message is half a sentence on what it answered. */
final class SourceException extends IOException {

  private final Answer.Verdict verdict;
  private final transient Optional<Duration> retryAfter;

  private SourceException(
      Answer.Verdict verdict, String message, Optional<Duration> retryAfter, Throwable cause) {
    super(message, cause);
    this.verdict = verdict;
    this.retryAfter = retryAfter;
  }

  /** It does not have the piece. */
  static SourceException absent(String message) {
    return new SourceException(Answer.Verdict.ABSENT, message, Optional.empty(), null);
  }

  /** It will not send the piece, however often it is asked. */
  static SourceException refused(String message) {
    return new SourceException(Answer.Verdict.REFUSED, message, Optional.empty(), null);
  }

  /** What it has is not the piece. */
  static SourceException unfit(String message) {
    return new SourceException(Answer.Verdict.UNFIT, message, Optional.empty(), null);
  }

  /** It may send the piece when asked again. */
  static SourceException unreachable(String message, Throwable cause) {
    return new SourceException(Answer.Verdict.UNREACHABLE, message, Optional.empty(), cause);
  }

  /** The same, and it stated when. */
  static SourceException busy(String message, Optional<Duration> retryAfter) {
    return new SourceException(Answer.Verdict.UNREACHABLE, message, retryAfter, null);
  }

  Answer answer(Object place) {
    return Answer.of(place, verdict, getMessage());
  }

  boolean isPassing() {
    return verdict == Answer.Verdict.UNREACHABLE;
  }

  boolean isAbsence() {
    return verdict == Answer.Verdict.ABSENT;
  }

  Optional<Duration> retryAfter() {
    return retryAfter;
  }
}
