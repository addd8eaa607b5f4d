package io.reseal.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The alert rules in {@code deploy/prometheus}. */
class AlertRulesTest {

  private static final Path RULES = Path.of("../deploy/prometheus");
  private static final Pattern METRIC = Pattern.compile("\\breseal_[a-z0-9_]+");
  private static final Pattern ALERT = Pattern.compile("alert(?:name)?: (\\w+)");

  private static Set<String> found(Pattern pattern, int group, Path file) throws IOException {
    return pattern
        .matcher(Files.readString(file))
        .results()
        .map((MatchResult match) -> match.group(group))
        .filter(name -> !name.equals("reseal_fleet_"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Catches: a rule on a metric that was renamed, which would never fire. */
  @Test
  void usesOnlyMetricsThatTheManualHas() throws IOException {
    assertThat(found(METRIC, 0, Path.of("../docs/operating.md")))
        .containsAll(found(METRIC, 0, RULES.resolve("alerts.yml")))
        .containsAll(found(METRIC, 0, RULES.resolve("alerts-test.yml")));
  }

  /** Catches: an alert without a word in the manual, or without a line of what it is about. */
  @Test
  void eachAlertIsInTheManual() throws IOException {
    Set<String> alerts = found(ALERT, 1, RULES.resolve("alerts.yml"));
    assertThat(alerts).hasSizeGreaterThan(8);
    assertThat(Files.readString(Path.of("../docs/operating.md"))).contains(alerts);
    assertThat(found(Pattern.compile("summary: (.+)"), 1, RULES.resolve("alerts.yml")))
        .hasSameSizeAs(alerts);
  }

  /** Prometheus' own check, and the rules' behaviour over time with the values of two workers. */
  @Test
  @Timeout(60)
  void promtoolAcceptsTheRulesAndTheyFireWhenTheyShould() throws Exception {
    Optional<Path> promtool = promtool();
    assumeTrue(
        promtool.isPresent(),
        "There is no promtool on PATH or in the cache (scripts/get-promtool), so the alert rules"
            + " are not run.");
    run(promtool.get(), "check", "rules", "alerts.yml");
    run(promtool.get(), "test", "rules", "alerts-test.yml");
  }

  private static void run(Path promtool, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(promtool.toString()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).directory(RULES.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  private static Optional<Path> promtool() {
    Stream<Path> onPath =
        Stream.of(System.getenv().getOrDefault("PATH", "").split(":")).map(Path::of);
    String cache =
        System.getenv()
            .getOrDefault("RESEAL_CACHE", System.getProperty("user.home") + "/.cache/reseal");
    return Stream.concat(onPath, Stream.of(Path.of(cache)))
        .map(directory -> directory.resolve("promtool"))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
