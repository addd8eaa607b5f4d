package io.reseal.doctor;

/**
 * What the doctor found about one thing.
 *
 * @param subject what was checked, e.g. {@code scratch #0}
 * @param verdict whether it would stop a rebuild
 * @param text what was found and, if something is wrong, what to do
 */
public record CheckResult(String subject, Verdict verdict, String text) {

  /** Whether something would stop a rebuild. */
  public enum Verdict {
    ok,
    /** It stops some rebuilds at most. */
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
