package io.reseal.cli.report;

import io.reseal.catalog.BatchRecord;
import io.reseal.catalog.FollowedRow;
import io.reseal.cli.show.Spans;
import io.reseal.contract.BatchState;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.format.TextStyle;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Objects;

/**
 * A batch's report as one page for the owner and the insurer. It is well-formed HTML that needs
 * nothing from outside and no script, can be read on a phone, and can be printed.
 */
final class ReportPage {

  private static final String POLICY = "default-src 'none'; style-src 'unsafe-inline'";

  private final BatchReport report;
  private final HostWork work;
  private final TimeAxis worked;
  private final Html page;
  private final long now;

  /**
   * @param work what the hosts did, over the time of the batch
   * @param worked that time
   * @param now epoch milliseconds
   */
  ReportPage(BatchReport report, HostWork work, TimeAxis worked, Appendable out, long now) {
    this.report = report;
    this.work = work;
    this.worked = worked;
    this.page = new Html(out);
    this.now = now;
  }

  /** The time in which a batch was worked on, joined rebuilds that began before it included. */
  static TimeAxis worked(BatchReport report, long now) {
    BatchRecord batch = report.batch();
    long from =
        report.sectors().stream()
            .map(sector -> sector.outcome().run())
            .filter(Objects::nonNull)
            .mapToLong(run -> run.startedAt())
            .reduce(batch.startedAt(), Math::min);
    return new TimeAxis(from, batch.endedAt() == null ? now : batch.endedAt());
  }

  void write() throws IOException {
    List<BatchReport.Sector> sectors = report.sectors();
    head();
    summary();
    ProgressCurves curves = ProgressCurves.of(sectors);
    new ProgressSection(page, curves, curves.axis(worked.from(), now), report.isChainUnknown(), now)
        .write();
    new RemainsSection(page, report, now).write();
    new LossSection(page).write(sectors);
    new MoneySection(page, Money.of(sectors, now)).write(sectors.size());
    new HostSection(page, work, worked).write(sectors);
    new SectorSection(page, sectors.stream().anyMatch(sector -> sector.loss() != null))
        .write(sectors);
    if (sectors.size() <= StepTimelines.MOST) {
      new StepTimelines(page, worked).write(sectors);
    }
    sources();
    page.line("</main></body></html>");
  }

  private void head() throws IOException {
    BatchRecord batch = report.batch();
    page.line("<!DOCTYPE html>");
    page.line("<html lang=\"en\"><head><meta charset=\"utf-8\"/>");
    page.line("<meta http-equiv=\"Content-Security-Policy\" content=\"%s\"/>", POLICY);
    page.line("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>");
    page.line("<meta name=\"color-scheme\" content=\"light dark\"/>");
    page.line("<title>Batch %s: sectors put back</title>", batch.name());
    page.line("<style>%s</style></head><body><main>", new Html.Markup(style()));
    page.line("<header><h1>Batch %s</h1>", batch.name());
    page.line(
        "<p>Lost sectors and what became of them, as known on <b>%s</b> (%s).</p>",
        Spans.minute(now), ZoneId.systemDefault().getDisplayName(TextStyle.NARROW, Locale.ROOT));
    page.line(
        "<p>%s. Requested by <bdi>%s</bdi> on %s%s; %,d at a time.%s</p></header>",
        state(batch),
        String.valueOf(batch.requestedBy()),
        Spans.minute(batch.startedAt()),
        batch.endedAt() == null ? "" : ", ended on " + Spans.minute(batch.endedAt()),
        batch.parallel(),
        batch.note() == null ? "" : " Note: " + batch.note());
  }

  private static String state(BatchRecord batch) {
    return batch.state() == BatchState.RUNNING
        ? "The batch is running"
        : "The batch is " + batch.state();
  }

  private void summary() throws IOException {
    Map<Phase, Integer> counts = new EnumMap<>(Phase.class);
    report.sectors().forEach(sector -> counts.merge(sector.phase(), 1, Integer::sum));
    page.line("<ul class=\"tiles\">");
    tile("total", "%,d".formatted(report.sectors().size()), "sectors");
    Arrays.stream(Phase.values())
        .filter(phase -> phase == Phase.PROVEN || counts.containsKey(phase))
        .forEach(
            phase -> {
              try {
                tile(
                    phase.name().toLowerCase(Locale.ROOT),
                    count(phase, counts.getOrDefault(phase, 0)),
                    phase.title());
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    page.line("</ul>");
  }

  /** Nobody knows that none is proven if nobody has looked. */
  private String count(Phase phase, int count) {
    return phase == Phase.PROVEN && report.isChainUnknown() ? "not known" : "%,d".formatted(count);
  }

  private void tile(String kind, String count, String title) throws IOException {
    page.line("<li class=\"%s\"><b>%s</b> %s</li>", kind, count, title);
  }

  /** What the page knows, and since when. */
  private void sources() throws IOException {
    page.line("<section><h2>What this page knows</h2><ul>");
    page.line(
        "<li>Rebuilds: from Reseal's catalog, as it was on %s. A sector is <i>in its store</i> once"
            + " its files are there and have answered a proof of the kind that the chain asks"
            + " for.</li>",
        Spans.minute(now));
    LongSummaryStatistics looks =
        report.sectors().stream()
            .map(BatchReport.Sector::chain)
            .filter(Objects::nonNull)
            .mapToLong(FollowedRow::seenAt)
            .summaryStatistics();
    if (looks.getCount() == 0) {
      page.line(
          "<li>The chain: no look at it is recorded for any of these sectors, so whether they are"
              + " proven is not known. Reseal looks after a sector is put back, if"
              + " <code>reseal.toml</code> of the workers names a"
              + " <code>[[chain.node]]</code>.</li>");
    } else {
      page.line(
          "<li>The chain: %,d sectors were looked at since they were put back, the last time"
              + " between %s and %s; of the others nothing is known since. <i>Proven by</i> is when"
              + " a node of the chain was first seen to count the sector as proven.</li>",
          looks.getCount(), Spans.minute(looks.getMin()), Spans.minute(looks.getMax()));
    }
    if (report.sectors().stream().anyMatch(sector -> sector.loss() != null)) {
      page.line(
          "<li>Losses, last chances and amounts: from the newest scan of losses before the batch"
              + " began; times of epochs to come assume that the chain keeps its pace.</li>");
    } else {
      page.line(
          "<li>Losses, last chances and amounts: nothing, because no scan of losses (<code>reseal"
              + " losses scan</code>) had any of these sectors when the batch began.</li>");
    }
    page.line(
        "<li>Only sectors of this batch are in it. <code>reseal losses</code> lists what else is"
            + " lost.</li>");
    page.line(
        "<li>To have this page as of now: <code>reseal batch report %s --html"
            + " FILE</code>.</li></ul></section>",
        report.batch().name());
  }

  private static String style() throws IOException {
    try (InputStream css = ReportPage.class.getResourceAsStream("report.css")) {
      return new String(css.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
