package io.reseal.cli.report;

import io.reseal.catalog.BatchLoss;
import io.reseal.cli.show.Spans;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What was lost, as the scan knew it when the batch began. */
final class LossSection {

  private static final int MOST_ROWS = 40;

  private final Html page;

  LossSection(Html page) {
    this.page = page;
  }

  void write(List<BatchReport.Sector> sectors) throws IOException {
    page.line("<section><h2>What was lost</h2>");
    List<BatchLoss> losses =
        sectors.stream().map(BatchReport.Sector::loss).filter(Objects::nonNull).toList();
    if (losses.isEmpty()) {
      page.line(
          "<p>The batch was requested for %,d sectors. What was lost of them is not known here: the"
              + " newest scan of losses when the batch began had none of them, or there was none"
              + " (<code>reseal losses scan</code>).</p></section>",
          sectors.size());
      return;
    }
    page.line(
        "<p>By the scan of %s: %,d of the batch's %,d sectors, %s of them with data of"
            + " deals.%s</p>",
        losses.stream()
            .map(loss -> Spans.minute(loss.scannedAt()))
            .distinct()
            .collect(Collectors.joining(" and of ")),
        losses.size(),
        sectors.size(),
        "%,d".formatted(losses.stream().filter(BatchLoss::hasData).count()),
        losses.size() < sectors.size() ? " Of the others the scan had no loss." : "");
    page.line(
        "<div class=\"wide\"><table><thead><tr><th>What</th><th>Sectors</th></tr></thead><tbody>");
    rows(losses, loss -> "on the chain: " + loss.verdict().title());
    rows(losses, BatchLoss::lost);
    page.line("</tbody></table></div></section>");
  }

  private void rows(List<BatchLoss> losses, Function<BatchLoss, String> what) throws IOException {
    Map<String, Long> counts =
        losses.stream().collect(Collectors.groupingBy(what, Collectors.counting()));
    List<Map.Entry<String, Long>> most =
        counts.entrySet().stream()
            .sorted(
                Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                    .thenComparing(Map.Entry.comparingByKey()))
            .limit(MOST_ROWS)
            .toList();
    for (Map.Entry<String, Long> each : most) {
      page.line("<tr><td>%s</td><td>%,d</td></tr>", each.getKey(), each.getValue());
    }
    if (counts.size() > MOST_ROWS) {
      page.line(
          "<tr><td>%,d more, in the lists of sectors below</td><td></td></tr>",
          counts.size() - MOST_ROWS);
    }
  }
}
