package io.reseal.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** The dashboard in {@code deploy/grafana}. */
class DashboardTest {

  private static final Path MANUAL = Path.of("../docs/operating.md");
  private static final Pattern METRIC =
      Pattern.compile("\\b(?:reseal|temporal|hikaricp)_[a-z0-9_]+");
  private static final Pattern SUMMED_OVER_WORKERS =
      Pattern.compile("sum(?: by \\([^)]*\\))? \\((?:rate\\()?reseal_fleet_");

  private final JsonNode dashboard;

  DashboardTest() throws IOException {
    dashboard = new ObjectMapper().readTree(Path.of("../deploy/grafana/reseal.json").toFile());
  }

  private List<String> queries() {
    List<String> queries = new ArrayList<>();
    dashboard.findValues("expr").forEach(query -> queries.add(query.asText()));
    dashboard
        .path("templating")
        .path("list")
        .forEach(variable -> queries.add(variable.path("query").path("query").asText()));
    queries.removeIf(String::isEmpty);
    return queries;
  }

  private static Stream<JsonNode> each(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  private List<JsonNode> panels() {
    return each(dashboard.path("panels"))
        .filter(panel -> !panel.path("type").asText().equals("row"))
        .toList();
  }

  /** Catches: a panel on a metric that was renamed, which stays empty for ever. */
  @Test
  void usesOnlyMetricsThatTheManualHas() throws IOException {
    String manual = Files.readString(MANUAL);
    assertThat(queries()).hasSizeGreaterThan(20);
    assertThat(queries())
        .flatMap(
            query -> METRIC.matcher(query).results().map(MatchResult::group).distinct().toList())
        .map(name -> name.replaceFirst("_(?:bucket|sum|count)$", ""))
        .allSatisfy(name -> assertThat(manual).contains("`" + name + "`"));
  }

  /** Catches: what every worker has from the catalog, counted once for each worker. */
  @Test
  void addsNothingUpOverWorkersThatComesFromTheCatalog() {
    assertThat(queries()).noneMatch(query -> SUMMED_OVER_WORKERS.matcher(query).find());
  }

  /** Catches: a number that stays after what it was about, such as a batch, has ended. */
  @Test
  void aNumberIsThatOfNowAndNotTheLastOneOfTheTimeShown() {
    List<JsonNode> numbers =
        panels().stream().filter(panel -> panel.path("type").asText().equals("stat")).toList();
    assertThat(numbers).isNotEmpty();
    assertThat(numbers.stream().map(panel -> panel.path("targets")).flatMap(DashboardTest::each))
        .allSatisfy(
            target -> {
              assertThat(target.path("instant").asBoolean()).isTrue();
              assertThat(target.path("range").asBoolean(true)).isFalse();
            });
    assertThat(panels().stream().map(panel -> panel.path("options").path("legend").toString()))
        .noneMatch(legend -> legend.contains("lastNotNull"));
  }

  /** Catches: a panel without a word about what it shows, or two in one place. */
  @Test
  void eachPanelSaysWhatItShowsInAPlaceOfItsOwn() {
    assertThat(panels())
        .allSatisfy(panel -> assertThat(panel.path("description").asText()).endsWith("."));
    assertThat(panels()).extracting(panel -> panel.path("gridPos")).doesNotHaveDuplicates();
  }
}
