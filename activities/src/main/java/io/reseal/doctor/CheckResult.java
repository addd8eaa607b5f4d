package io.reseal.doctor;

/**
 * One thing the doctor looked at.
 *
 * @param subject what was looked at, {@code scratch #0}
 * @param verdict whether it would stop a rebuild
 * @param text what it is like and, where it is not in order, what to do
 */
public record CheckResult(String subject, Verdict verdict, String text) {

  /** Whether something would stop a rebuild. */
  public enum Verdict {
    ok,
    /** It stops no rebuild, or not every one. */
    warning,
    /** It stops rebuilds. */
    problem
  }

  static CheckResult ok(String subject, String text) {
    return new CheckResult(subject, Verdict.ok, text);
  }

  static CheckResult warning(String subject, String text) {
    return new CheckResult(subject, Verdict.warning, text);
  }

  static CheckResult problem(String subject, String text) {
    return new CheckResult(subject, Verdict.problem, text);
  }
}
