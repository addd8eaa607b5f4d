package io.reseal.cli.report;

import io.reseal.catalog.BatchOutcome;
import io.reseal.cli.report.HostWork.Host;
import io.reseal.cli.report.HostWork.Kind;
import io.reseal.cli.report.Html.Markup;
import io.reseal.cli.show.Spans;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What each host did when: a drawing for each, and the totals as a table. */
final class HostSection {

  /** More drawings than that are folded. */
  private static final int SHOWN = 8;

  private final Html page;
  private final HostWork work;
  private final TimeAxis axis;

  HostSection(Html page, HostWork work, TimeAxis axis) {
    this.page = page;
    this.work = work;
    this.axis = axis;
  }

  void write(List<BatchReport.Sector> sectors) throws IOException {
    page.line("<section><h2>Work of each host</h2>");
    if (work.hosts().isEmpty()) {
      page.line("<p>No step has ended yet.</p></section>");
      return;
    }
    page.line(
        "<p class=\"note\">How many steps ran at the same time, on average. Steps that failed are"
            + " left out, and so are those that still run. Times are by the hosts' clocks.</p>");
    page.line("<p class=\"key\">");
    for (Kind kind : Kind.values()) {
      page.line("<span><i class=\"work-%s\"></i>%s</span>", kind.key(), kind.title());
    }
    page.line("</p>");
    drawings();
    totals(sectors);
    page.line("</section>");
  }

  private void drawings() throws IOException {
    int drawn = 0;
    for (Map.Entry<String, Host> host : work.hosts().entrySet()) {
      if (drawn == SHOWN) {
        page.line("<details><summary>%,d more hosts</summary>", work.hosts().size() - SHOWN);
      }
      draw(host.getKey(), host.getValue());
      drawn++;
    }
    if (drawn > SHOWN) {
      page.line("</details>");
    }
  }

  private void draw(String name, Host host) throws IOException {
    double most = 0;
    for (int part = 0; part < HostWork.PARTS; part++) {
      most = Math.max(most, host.underWay(part));
    }
    page.line("<h3>%s</h3>", name);
    Chart chart = new Chart(page, axis, most);
    chart.begin("host", "Work of %s over time".formatted(name), "The table below has its totals.");
    for (Kind kind : Kind.values()) {
      String bars = bars(chart, host, kind);
      if (!bars.isEmpty()) {
        chart.path("work-" + kind.key(), bars);
      }
    }
    chart.end(
        new String[] {"0", String.format(Locale.ROOT, most < 10 ? "%.1f" : "%.0f", most)},
        new Markup(""));
  }

  /** The kinds before it are below it. */
  private static String bars(Chart chart, Host host, Kind kind) {
    StringBuilder path = new StringBuilder();
    double width = (double) Chart.SIDE / HostWork.PARTS;
    for (int part = 0; part < HostWork.PARTS; part++) {
      double high = host.underWay(kind, part);
      if (high > 0) {
        double below = 0;
        for (Kind each : Kind.values()) {
          below += each.compareTo(kind) < 0 ? host.underWay(each, part) : 0;
        }
        path.append('M')
            .append(Chart.number(part * width))
            .append(' ')
            .append(chart.y(below))
            .append('V')
            .append(chart.y(below + high))
            .append('H')
            .append(Chart.number((part + 1) * width))
            .append('V')
            .append(chart.y(below))
            .append('Z');
      }
    }
    return path.toString();
  }

  private void totals(List<BatchReport.Sector> sectors) throws IOException {
    Map<String, Long> finished =
        sectors.stream()
            .filter(sector -> sector.kind() == BatchOutcome.Kind.FINISHED)
            .map(sector -> sector.outcome().run())
            .filter(run -> run.host() != null)
            .collect(Collectors.groupingBy(run -> run.host(), Collectors.counting()));
    page.line(
        "<div class=\"wide\"><table class=\"hosts\"><thead><tr><th>Host</th><th>Sectors put"
            + " back</th>");
    for (Kind kind : Kind.values()) {
      page.line("<th>%s</th>", kind.title());
    }
    page.line("</tr></thead><tbody>");
    for (Map.Entry<String, Host> host : work.hosts().entrySet()) {
      page.line(
          "<tr><th scope=\"row\">%s</th><td>%,d</td>",
          host.getKey(), finished.getOrDefault(host.getKey(), 0L));
      for (Kind kind : Kind.values()) {
        page.line("<td>%s</td>", Spans.of(Duration.ofMillis(host.getValue().millis(kind))));
      }
      page.line("</tr>");
    }
    page.line("</tbody></table></div>");
  }
}
