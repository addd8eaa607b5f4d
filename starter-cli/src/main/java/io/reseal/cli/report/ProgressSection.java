package io.reseal.cli.report;

import io.reseal.cli.report.Html.Markup;
import io.reseal.cli.report.ProgressCurves.Curve;
import io.reseal.cli.show.Spans;
import java.io.IOException;

/** The curve of progress, against the plan and the last moments; and the same as a table. */
final class ProgressSection {

  /** Finer steps than that cannot be seen. */
  private static final int MOST_POINTS = 400;

  private static final int ROWS = 8;

  private final Html page;
  private final ProgressCurves curves;
  private final TimeAxis axis;
  private final boolean chainUnknown;
  private final long now;

  /**
   * @param chainUnknown whether nothing is known of proofs
   */
  ProgressSection(Html page, ProgressCurves curves, TimeAxis axis, boolean chainUnknown, long now) {
    this.chainUnknown = chainUnknown;
    this.page = page;
    this.curves = curves;
    this.axis = axis;
    this.now = now;
  }

  void write() throws IOException {
    page.line("<section><h2>Progress</h2>");
    Chart chart = new Chart(page, axis, curves.total());
    chart.begin(
        "progress",
        "Sectors that were back by each time",
        "By %s: %,d of %,d in their stores, %s proven on the chain. The table below has the same."
            .formatted(
                Spans.minute(now),
                curves.stored().by(now),
                curves.total(),
                chainUnknown ? "not known how many" : "%,d".formatted(curves.proven().by(now))));
    chart.path("stored area", area(chart, curves.stored()));
    if (hasChances()) {
      chart.path("chances", steps(chart, curves.chances(), axis.to()));
    }
    if (!curves.planned().isEmpty()) {
      chart.path("planned", steps(chart, curves.planned(), axis.to()));
    }
    chart.path("stored", steps(chart, curves.stored(), Math.min(now, axis.to())));
    if (!chainUnknown) {
      chart.path("proven", steps(chart, curves.proven(), Math.min(now, axis.to())));
    }
    if (now < axis.to()) {
      chart.mark("now", now);
    }
    chart.end(new String[] {"0", half(), "%,d".formatted(curves.total())}, key());
    notes();
    table();
    page.line("</section>");
  }

  /** Whether a last chance is in the drawing. */
  private boolean hasChances() {
    return !curves.chances().isEmpty() && curves.chances().first() <= axis.to();
  }

  private String half() {
    return curves.total() % 2 == 0 ? "%,d".formatted(curves.total() / 2) : "";
  }

  private Markup key() {
    StringBuilder key = new StringBuilder();
    entry(key, "stored", "in their stores");
    if (!chainUnknown) {
      entry(key, "proven", "proven on the chain");
    }
    if (!curves.planned().isEmpty()) {
      entry(key, "planned", "planned to be in their stores");
    }
    if (hasChances()) {
      entry(key, "chances", "past their last chance to be declared recovered");
    }
    return new Markup(key.toString());
  }

  private static void entry(StringBuilder key, String kind, String text) {
    key.append(Html.fill("<span class=\"key %s\"><i></i>%s</span> ", kind, text).html());
  }

  private void notes() throws IOException {
    if (curves.planned().isEmpty()) {
      page.line(
          "<p class=\"note\">There is no plan: how long each repair takes was not known when the"
              + " batch began.</p>");
    } else {
      page.line(
          "<p class=\"note\">The plan is an estimate from when the batch began: the usual time of"
              + " each repair, on the sealing threads that there were. By it, the last sector was"
              + " to be back by %s.</p>",
          Spans.minute(curves.planned().last()));
    }
    if (curves.chances().isEmpty()) {
      page.line(
          "<p class=\"note\">Last chances are not known: no scan of losses was there when the batch"
              + " began.</p>");
    } else if (curves.chances().first() > axis.to()) {
      page.line(
          "<p class=\"note\">The first sector's last chance to be declared recovered is on %s,"
              + " beyond this drawing.</p>",
          Spans.minute(curves.chances().first()));
    }
  }

  private void table() throws IOException {
    page.line(
        "<details class=\"aside\"><summary>The curve as a table</summary><div"
            + " class=\"wide\"><table>");
    page.line(
        "<thead><tr><th>By</th><th>In store</th><th>Proven</th><th>Planned</th><th>Last chances"
            + " past</th></tr></thead><tbody>");
    for (int i = 0; i <= ROWS; i++) {
      row(axis.part(i, ROWS));
    }
    page.line("</tbody></table></div></details>");
  }

  private void row(long time) throws IOException {
    boolean future = time > now;
    page.line(
        "<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>",
        Spans.minute(time),
        future ? "" : "%,d".formatted(curves.stored().by(time)),
        future || chainUnknown ? "" : "%,d".formatted(curves.proven().by(time)),
        curves.planned().isEmpty() ? "–" : "%,d".formatted(curves.planned().by(time)),
        curves.chances().isEmpty() ? "–" : "%,d".formatted(curves.chances().by(time)));
  }

  /** A curve as steps from the left end until a time. */
  private String steps(Chart chart, Curve curve, long until) {
    StringBuilder path = new StringBuilder("M0 ").append(chart.y(curve.by(axis.from())));
    int last = curve.by(axis.from());
    for (int i = 1; i <= MOST_POINTS; i++) {
      long time = Math.min(until, axis.part(i, MOST_POINTS));
      int value = curve.by(time);
      if (value != last) {
        path.append('H').append(chart.x(time)).append('V').append(chart.y(value));
        last = value;
      }
    }
    return path.append('H').append(chart.x(until)).toString();
  }

  private String area(Chart chart, Curve curve) {
    long until = Math.min(now, axis.to());
    return steps(chart, curve, until) + "V" + Chart.SIDE + "H0Z";
  }
}
