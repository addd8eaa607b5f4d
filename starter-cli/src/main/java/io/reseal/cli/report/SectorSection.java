package io.reseal.cli.report;

import io.reseal.catalog.BatchLoss;
import io.reseal.cli.show.RunText;
import io.reseal.cli.show.Spans;
import io.reseal.contract.RunRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Each sector, in lists by how far it has come; long ones in parts. */
final class SectorSection {

  /** A list that a browser shows at once. */
  private static final int PART = 500;

  /** Larger batches print only the lists that are open. */
  private static final int PRINTED = 1_000;

  private final Html page;
  private final boolean hasLosses;

  SectorSection(Html page, boolean hasLosses) {
    this.page = page;
    this.hasLosses = hasLosses;
  }

  void write(List<BatchReport.Sector> sectors) throws IOException {
    boolean printed = sectors.size() <= PRINTED;
    page.line("<section class=\"%s\"><h2>Each sector</h2>", printed ? "printed" : "");
    if (!printed) {
      page.line("<p class=\"note\">Of these lists, those that are open are printed.</p>");
    }
    Map<Phase, List<BatchReport.Sector>> byPhase = new EnumMap<>(Phase.class);
    sectors.forEach(
        sector -> byPhase.computeIfAbsent(sector.phase(), of -> new ArrayList<>()).add(sector));
    for (Map.Entry<Phase, List<BatchReport.Sector>> phase : byPhase.entrySet()) {
      List<BatchReport.Sector> sorted =
          phase.getValue().stream().sorted(Comparator.comparing(BatchReport.Sector::id)).toList();
      for (int from = 0; from < sorted.size(); from += PART) {
        part(
            phase.getKey(),
            sorted.subList(from, Math.min(sorted.size(), from + PART)),
            sorted.size());
      }
    }
    page.line("</section>");
  }

  private void part(Phase phase, List<BatchReport.Sector> sectors, int all) throws IOException {
    String range =
        all <= PART
            ? ""
            : ": %s to %s".formatted(sectors.get(0).id(), sectors.get(sectors.size() - 1).id());
    page.line(
        "<details class=\"list\"><summary>%s%s <b>%s</b></summary><div"
            + " class=\"wide\"><table><thead><tr><th>Sector</th>%s<th>In its"
            + " store</th><th>Host</th><th>%s</th></tr></thead><tbody>",
        phase.title(),
        range,
        "%,d".formatted(sectors.size()),
        new Html.Markup(hasLosses ? "<th>Lost</th><th>Last chance</th>" : ""),
        "On the chain");
    for (BatchReport.Sector sector : sectors) {
      row(sector);
    }
    page.line("</tbody></table></div></details>");
  }

  private void row(BatchReport.Sector sector) throws IOException {
    BatchLoss loss = sector.loss();
    RunRecord run = sector.outcome().run();
    page.line(
        "<tr><td>%s</td>%s<td>%s</td><td>%s</td><td>%s</td></tr>",
        sector.id(),
        hasLosses
            ? Html.fill(
                "<td>%s</td><td>%s</td>",
                loss == null ? "not known" : loss.lost(),
                loss == null ? "" : Spans.minute(loss.lastChance()))
            : new Html.Markup(""),
        stored(sector, run),
        run == null || run.host() == null ? "" : RunText.thread(run),
        chain(sector));
  }

  private static String stored(BatchReport.Sector sector, RunRecord run) {
    if (sector.storedAt() != null) {
      return Spans.minute(sector.storedAt());
    }
    return run == null ? "" : run.state().toString();
  }

  private static String chain(BatchReport.Sector sector) {
    if (sector.provenAt() != null) {
      return "proven by %s%s"
          .formatted(
              Spans.minute(sector.provenAt()),
              sector.chain().since() == null ? "" : ", epoch " + sector.chain().since());
    }
    if (sector.chain() != null) {
      return "%s, seen %s"
          .formatted(sector.chain().status().word(), Spans.minute(sector.chain().seenAt()));
    }
    return sector.storedAt() == null ? "" : "not looked at";
  }
}
