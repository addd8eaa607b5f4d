package io.reseal.cli.report;

import io.reseal.cli.show.Ranges;
import io.reseal.cli.show.Spans;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What remains and why, and whether there is time for it. */
final class RemainsSection {

  private static final int MOST_ROWS = 300;
  private static final int MOST_RANGES = 200;

  private final Html page;
  private final BatchReport report;
  private final long now;

  RemainsSection(Html page, BatchReport report, long now) {
    this.page = page;
    this.report = report;
    this.now = now;
  }

  void write() throws IOException {
    page.line("<section><h2>What remains, and why</h2>");
    List<Remains.Group> groups = Remains.of(report.batch(), report.sectors());
    if (groups.isEmpty()) {
      page.line("<p>Nothing: every sector is proven on the chain.</p></section>");
      return;
    }
    time();
    for (Remains.Group group : groups) {
      write(group);
    }
    page.line("</section>");
  }

  private void time() throws IOException {
    List<BatchReport.Sector> open =
        report.sectors().stream()
            .filter(sector -> sector.loss() != null && !sector.phase().isStored())
            .filter(sector -> sector.phase() != Phase.ENDED)
            .toList();
    List<SectorId> late =
        open.stream()
            .filter(sector -> sector.loss().lastChance() < now)
            .map(BatchReport.Sector::id)
            .toList();
    if (!late.isEmpty()) {
      alarm(
          "Too late for %,d sectors: the last moment to declare them recovered has passed, so the"
              + " chain ends them.",
          late);
    }
    List<SectorId> planned =
        open.stream()
            .filter(sector -> sector.loss().lastChance() >= now)
            .filter(sector -> sector.loss().plannedAt() != null)
            .filter(sector -> sector.loss().plannedAt() > sector.loss().lastChance())
            .map(BatchReport.Sector::id)
            .toList();
    if (!planned.isEmpty()) {
      alarm(
          "By the plan, %,d sectors are in their stores only after their last chance: more or"
              + " faster hosts would be needed.",
          planned);
    }
    Optional<BatchReport.Sector> next =
        open.stream()
            .filter(sector -> sector.loss().lastChance() >= now)
            .min(Comparator.comparing(sector -> sector.loss().lastChance()));
    if (next.isPresent()) {
      long chance = next.get().loss().lastChance();
      page.line(
          "<p>Next in danger: %s must be declared recovered by about %s, in %s.</p>",
          next.get().id(), Spans.minute(chance), Spans.rough(Duration.ofMillis(chance - now)));
    }
  }

  private void alarm(String sentence, List<SectorId> sectors) throws IOException {
    page.line(
        "<details class=\"alarm\"><summary>%s</summary><p>%s</p></details>",
        sentence.formatted(sectors.size()), ranges(sectors));
  }

  private void write(Remains.Group group) throws IOException {
    page.line(
        "<details class=\"%s\"><summary>%s <b>%s</b></summary>",
        group.needsAPerson() ? "person" : "", group.title(), "%,d".formatted(group.sectors()));
    if (group.whatToDo() != null) {
      page.line("<p>%s</p>", group.whatToDo());
    }
    page.line("<table class=\"why\"><tbody>");
    int rows = 0;
    for (Map.Entry<String, List<SectorId>> detail : group.details().entrySet()) {
      if (rows++ == MOST_ROWS) {
        page.line(
            "<tr><td colspan=\"2\">%,d more reasons: reseal batch report %s --output"
                + " json</td></tr>",
            group.details().size() - MOST_ROWS, report.batch().name());
        break;
      }
      page.line(
          "<tr><th scope=\"row\">%s</th><td>%s</td></tr>",
          ranges(detail.getValue()), detail.getKey());
    }
    page.line("</tbody></table></details>");
  }

  /** {@code f01001/3, 7-12}. */
  private static String ranges(List<SectorId> sectors) {
    Map<Long, TreeSet<Long>> byMiner =
        sectors.stream()
            .collect(
                Collectors.groupingBy(
                    SectorId::miner,
                    TreeMap::new,
                    Collectors.mapping(SectorId::number, Collectors.toCollection(TreeSet::new))));
    return byMiner.entrySet().stream()
        .map(each -> "f0%d/%s".formatted(each.getKey(), limited(Ranges.of(each.getValue()))))
        .collect(Collectors.joining("; "));
  }

  private static String limited(List<String> ranges) {
    return ranges.size() <= MOST_RANGES
        ? String.join(", ", ranges)
        : "%s and %,d more ranges"
            .formatted(
                String.join(", ", ranges.subList(0, MOST_RANGES)), ranges.size() - MOST_RANGES);
  }
}
