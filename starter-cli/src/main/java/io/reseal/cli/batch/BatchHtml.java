package io.reseal.cli.batch;

import io.reseal.cli.show.RunText;
import io.reseal.cli.show.Spans;
import io.reseal.contract.RunRecord;
import io.reseal.contract.StateChange;
import io.reseal.plan.Step;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.LongStream;

/**
 * A batch's report as one page of well-formed HTML that needs nothing from outside: a line for each
 * sector, on it the steps of its rebuild as bars on one common time axis.
 */
final class BatchHtml {

  private static final String STYLE =
      """
      body{font:14px/1.4 system-ui,sans-serif;margin:2em;color:#222}
      table{border-collapse:collapse;width:100%}
      td,th{text-align:left;padding:1px 8px 1px 0;white-space:nowrap;vertical-align:middle}
      td.why{white-space:normal;color:#a33;font-size:12px}
      td.line{width:55%}
      .bar{position:relative;height:12px;background:#f2f2f2}
      .bar i{position:absolute;top:0;height:12px;min-width:1px}
      .bar i.all{background:#ddd}
      .key i{display:inline-block;width:12px;height:12px;margin:0 4px 0 12px}
      .finished{color:#2a7}.dropped{color:#a33}.parked{color:#b60}.running{color:#27a}
      """;

  /** Degrees on the colour wheel from a step's colour to the next one's: neighbours differ. */
  private static final int HUE_STEP = 137;

  private final BatchReport report;
  private final Appendable page;
  private final long from;
  private final long to;

  private BatchHtml(BatchReport report, Appendable page, long now) {
    this.report = report;
    this.page = page;
    this.from = times(report).min().orElse(report.batch().startedAt());
    this.to = Math.max(from + 1, times(report).max().orElse(now));
  }

  /** Writes the page. */
  static void write(BatchReport report, Appendable page, long now) throws IOException {
    new BatchHtml(report, page, now).write();
  }

  private static LongStream times(BatchReport report) {
    return report.sectors().stream()
        .map(sector -> sector.outcome().run())
        .filter(run -> run != null)
        .flatMapToLong(
            run ->
                LongStream.of(
                    run.startedAt(), run.endedAt() == null ? run.updatedAt() : run.endedAt()));
  }

  private void write() throws IOException {
    String title = "Batch " + report.batch().name();
    line("<!DOCTYPE html>");
    line("<html lang=\"en\"><head><meta charset=\"utf-8\"/><title>%s</title>", escape(title));
    line("<style>%s%s</style></head><body>", STYLE, colours());
    line("<h1>%s</h1><p>%s</p>", escape(title), escape(report.headline()));
    line(
        "<p>Requested by %s, %d at a time. Time axis: %s to %s.</p>",
        escape(String.valueOf(report.batch().requestedBy())),
        report.batch().parallel(),
        escape(Spans.time(from)),
        escape(Spans.time(to)));
    key();
    line("<table><thead><tr><th>Sector</th><th>Outcome</th><th>Thread</th><th>Took</th>");
    line("<th>Attempts</th><th>Steps</th></tr></thead><tbody>");
    for (BatchReport.Sector sector : report.sectors()) {
      row(sector);
    }
    line("</tbody></table></body></html>");
  }

  private void key() throws IOException {
    page.append("<p class=\"key\">");
    for (Step step : Step.values()) {
      if (step.resource() != Step.Resource.NONE) {
        page.append("<i class=\"%s\"></i>%s".formatted(cssClass(step), escape(step.title())));
      }
    }
    line("<i style=\"background:#ddd\"></i>between steps</p>");
  }

  private void row(BatchReport.Sector sector) throws IOException {
    RunRecord run = sector.outcome().run();
    String word = BatchReport.word(sector.kind());
    line(
        "<tr><td>%s</td><td class=\"%s\">%s</td><td>%s</td><td>%s</td><td>%s</td>",
        escape(sector.outcome().sector().toString()),
        word,
        word,
        run == null ? "" : escape(String.valueOf(RunText.thread(run)).replace("null", "")),
        sector.millis() == null ? "" : Spans.of(Duration.ofMillis(sector.millis())),
        run == null ? "" : Integer.toString(run.attempts()));
    page.append("<td class=\"line\"><div class=\"bar\">");
    if (run != null) {
      bar(
          "all",
          run.startedAt(),
          run.endedAt() == null ? run.updatedAt() : run.endedAt(),
          "%s: %s".formatted(run.sector(), run.state()));
      for (StateChange change : sector.changes()) {
        step(change);
      }
    }
    line("</div></td></tr>");
    String why = BatchReport.why(sector);
    if (why != null) {
      line("<tr><td></td><td class=\"why\" colspan=\"5\">%s</td></tr>", escape(why));
    }
  }

  private void step(StateChange change) throws IOException {
    if (change.startedAt() == null || change.endedAt() == null) {
      return;
    }
    for (Step step : Step.values()) {
      if (change.isDone(step)) {
        bar(
            cssClass(step),
            change.startedAt(),
            change.endedAt(),
            "%s, %s, %s"
                .formatted(
                    step.title(),
                    Spans.of(Duration.ofMillis(change.endedAt() - change.startedAt())),
                    change.note() == null ? "" : change.note()));
      }
    }
  }

  /**
   * Cuts bars at the ends of the axis, because the hosts' clocks may differ from the workflow's.
   */
  private void bar(String kind, long began, long ended, String title) throws IOException {
    double left = percent(began);
    double width = percent(ended) - left;
    page.append(
        String.format(
            Locale.ROOT,
            "<i class=\"%s\" style=\"left:%.3f%%;width:%.3f%%\" title=\"%s\"></i>",
            kind,
            left,
            Math.max(0, width),
            escape(title)));
  }

  private double percent(long at) {
    return Math.max(0, Math.min(100, 100.0 * (at - from) / (to - from)));
  }

  private static String colours() {
    StringBuilder css = new StringBuilder();
    int hue = 0;
    for (Step step : Step.values()) {
      css.append("i.%s{background:hsl(%d,55%%,55%%)}%n".formatted(cssClass(step), hue));
      hue = (hue + HUE_STEP) % 360;
    }
    return css.toString();
  }

  private static String cssClass(Step step) {
    return step.name().toLowerCase(Locale.ROOT);
  }

  private void line(String format, Object... arguments) throws IOException {
    page.append(String.format(Locale.ROOT, format, arguments)).append("\n");
  }

  private static String escape(String text) {
    StringBuilder escaped = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '&' -> escaped.append("&amp;");
        case '"' -> escaped.append("&quot;");
        case '\'' -> escaped.append("&#39;");
        // A page must not contain control characters.
        default -> escaped.append(c < ' ' && c != '\n' && c != '\t' ? ' ' : c);
      }
    }
    return escaped.toString();
  }
}
