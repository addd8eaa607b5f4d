package io.reseal.cli.report;

import io.reseal.cli.report.Html.Markup;
import java.io.IOException;
import java.util.Locale;

/**
 * A drawing over a time axis that fills the width there is. Only its lines are stretched: the texts
 * on its edges are the page's own, so that they can be read at every width.
 */
final class Chart {

  /** Width and height of the drawing in its own units. */
  static final int SIDE = 1000;

  private final Html page;
  private final TimeAxis axis;
  private final double top;

  /**
   * @param top the largest value
   */
  Chart(Html page, TimeAxis axis, double top) {
    this.page = page;
    this.axis = axis;
    this.top = Math.max(top, 1e-9);
  }

  /** Begins it; what is written until {@link #end} is drawn. */
  void begin(String kind, String title, String description) throws IOException {
    page.line("<figure class=\"chart %s\"><div class=\"plot\">", kind);
    page.line(
        "<svg viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"%s\">",
        SIDE, SIDE, title);
    page.line("<title>%s</title><desc>%s</desc>", title, description);
    for (TimeAxis.Tick tick : axis.ticks()) {
      page.line("<path class=\"grid\" d=\"M%d 0V%d\"/>", (int) Math.round(tick.at() * SIDE), SIDE);
    }
  }

  /** How high a value is: 0 for the bottom, in the drawing's units from the top. */
  String y(double value) {
    return number(SIDE - SIDE * value / top);
  }

  String x(long time) {
    return number(SIDE * axis.at(time));
  }

  static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value).replace(".0", "");
  }

  void path(String kind, String lines) throws IOException {
    page.line("<path class=\"%s\" d=\"%s\"/>", kind, lines);
  }

  /** A vertical line at a time, with a word at its foot. */
  void mark(String kind, long time) throws IOException {
    path(kind, "M%s 0V%d".formatted(x(time), SIDE));
  }

  /** Ends the drawing, and writes what its axes show. */
  void end(String[] values, Markup caption) throws IOException {
    page.line("</svg>");
    for (int i = 0; i < values.length; i++) {
      page.line(
          "<span class=\"y\" style=\"bottom:%s%%\">%s</span>",
          number(100.0 * i / Math.max(1, values.length - 1)), values[i]);
    }
    page.line("</div><div class=\"x\" aria-hidden=\"true\">");
    for (TimeAxis.Tick tick : axis.ticks()) {
      page.line(
          "<span class=\"%s\" style=\"left:%s%%\">%s</span>",
          edge(tick.at()), number(100 * tick.at()), tick.text());
    }
    page.line("</div><figcaption>%s</figcaption></figure>", caption);
  }

  /** Words near an edge stay inside it. */
  private static String edge(double at) {
    if (at < 0.1) {
      return "first";
    }
    return at > 0.9 ? "last" : "inner";
  }
}
