package io.reseal.cli.report;

import io.reseal.cli.show.Spans;
import io.reseal.contract.RunRecord;
import io.reseal.contract.StateChange;
import io.reseal.plan.Step;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** A line for each sector, on it the steps of its rebuild as bars on one common time axis. */
final class StepTimelines {

  /** More lines than that are no picture. */
  static final int MOST = 200;

  /** Degrees on the colour wheel from a step's colour to the next one's: neighbours differ. */
  private static final int HUE_STEP = 137;

  private final Html page;
  private final TimeAxis axis;

  StepTimelines(Html page, TimeAxis axis) {
    this.page = page;
    this.axis = axis;
  }

  void write(List<BatchReport.Sector> sectors) throws IOException {
    page.line("<style>%s</style>", new Html.Markup(colours()));
    page.line("<details class=\"list aside\"><summary>Steps of each sector</summary>");
    page.line(
        "<p>From %s to %s. Grey: between steps. Point at a bar for its step, time and note.</p>",
        Spans.minute(axis.from()), Spans.minute(axis.to()));
    key();
    page.line("<div class=\"wide\"><table class=\"steps\"><tbody>");
    for (BatchReport.Sector sector : sectors) {
      row(sector);
    }
    page.line("</tbody></table></div></details>");
  }

  private void key() throws IOException {
    page.line("<p class=\"key\">");
    for (Step step : Step.values()) {
      if (step.resource() != Step.Resource.NONE) {
        page.line("<span><i class=\"%s\"></i>%s</span>", cssClass(step), step.title());
      }
    }
    page.line("</p>");
  }

  private void row(BatchReport.Sector sector) throws IOException {
    RunRecord run = sector.outcome().run();
    page.line("<tr><th scope=\"row\">%s</th><td class=\"line\"><div class=\"bar\">", sector.id());
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
    page.line("</div></td></tr>");
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

  private void bar(String kind, long began, long ended, String title) throws IOException {
    double left = 100 * axis.at(began);
    page.line(
        "<i class=\"%s\" style=\"left:%.3f%%;width:%.3f%%\" title=\"%s\"></i>",
        kind, left, Math.max(0, 100 * axis.at(ended) - left), title);
  }

  private static String colours() {
    StringBuilder css = new StringBuilder();
    int hue = 0;
    for (Step step : Step.values()) {
      css.append("i.%s{background:hsl(%d,45%%,55%%)}%n".formatted(cssClass(step), hue));
      hue = (hue + HUE_STEP) % 360;
    }
    return css.toString();
  }

  private static String cssClass(Step step) {
    return step.name().toLowerCase(Locale.ROOT);
  }
}
