package io.reseal.bench;

import java.util.Locale;
import java.util.function.DoubleFunction;

/**
 * A line of the bench's table, as text.
 *
 * @param what what was measured
 * @param runs how often
 * @param median of these
 * @param least the least
 * @param most the most
 * @param direct median of the library's own calls, or empty
 * @param ratio of both medians, or empty
 * @param target the goal, or empty
 */
public record Row(
    String what,
    int runs,
    String median,
    String least,
    String most,
    String direct,
    String ratio,
    String target) {

  static Row seconds(String what, Figures millis, String target) {
    return of(what, millis, Row::inSeconds, target);
  }

  static Row millis(String what, Figures millis, String target) {
    return of(what, millis, value -> text("%.0f ms", value), target);
  }

  /** A single figure, measured once or counted over several runs. */
  static Row single(String what, int runs, String figure, String target) {
    return new Row(what, runs, figure, "", "", "", "", target);
  }

  static Row share(String what, Figures shares) {
    return of(what, shares, value -> text("%.0f %%", value * 100), "");
  }

  static Row count(String what, Figures counts, String target) {
    return of(what, counts, value -> text("%.0f", value), target);
  }

  /** Through Reseal, next to the library's own calls. */
  static Row compared(String what, Figures reseal, Figures direct, String target) {
    Row row = seconds(what, reseal, target);
    return new Row(
        row.what,
        row.runs,
        row.median,
        row.least,
        row.most,
        inSeconds(direct.median()),
        text("%.3f", reseal.median() / direct.median()),
        row.target);
  }

  private static Row of(String what, Figures figures, DoubleFunction<String> shown, String target) {
    return new Row(
        what,
        figures.runs(),
        shown.apply(figures.median()),
        shown.apply(figures.least()),
        shown.apply(figures.most()),
        "",
        "",
        target);
  }

  private static String inSeconds(double millis) {
    return text("%.3f s", millis / 1000);
  }

  private static String text(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
