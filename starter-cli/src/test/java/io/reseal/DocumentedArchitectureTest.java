package io.reseal;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.plan.Happening;
import io.reseal.plan.StateTable;
import io.reseal.plan.Step;
import io.reseal.sector.RebuildState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** docs/architecture.md agrees with the code that it describes. */
class DocumentedArchitectureTest {

  private static final Pattern ARROW = Pattern.compile("(?m)^ +(\\w+) --> (\\w+): (.+)$");

  /** A class, perhaps with its package before it or a member after it. */
  private static final Pattern CLASS =
      Pattern.compile("((?:[a-z_]+/)*[A-Z]\\w*[a-z]\\w*)(?:\\.[a-z]\\w*)?");

  private static Markdown page() {
    return Markdown.of("docs/architecture.md");
  }

  private static Markdown section(String heading) {
    return page().section(heading);
  }

  /** Seen to catch a class that was renamed, and a file that was moved. */
  @Test
  void eachNamedClassAndFileExists() throws IOException {
    List<String> sources = sources();
    List<String> states = Arrays.stream(RebuildState.values()).map(RebuildState::toString).toList();
    for (String code : Markdown.code(page().text())) {
      Matcher named = CLASS.matcher(code);
      if (code.matches("[\\w/-]+\\.(java|rs|md)")) {
        assertThat(sources).as(code).anyMatch(source -> source.endsWith("/" + code));
      } else if (named.matches() && !states.contains(code)) {
        String file = "/" + named.group(1) + ".java";
        assertThat(sources).as(code).anyMatch(source -> source.endsWith(file));
      }
    }
  }

  private static List<String> sources() throws IOException {
    List<String> all = new ArrayList<>(List.of("/native/README.md"));
    for (String root :
        List.of(
            "workflows", "activities", "starter-cli", "bench", "native/sealing", "native/stage")) {
      try (Stream<Path> files = Files.walk(Markdown.PROJECT.resolve(root).resolve("src"))) {
        all.addAll(files.map(Path::toString).toList());
      }
    }
    return all;
  }

  /** Seen to catch a package without a row, and a row whose package is gone. */
  @ParameterizedTest
  @ValueSource(strings = {"workflows", "activities", "starter-cli", "bench"})
  void eachPackageHasARow(String module) throws IOException {
    assertThat(
            section("### `" + module + "/`").rows().stream()
                .flatMap(cells -> Markdown.code(cells.get(0)).stream()))
        .containsExactlyInAnyOrderElementsOf(packages(module));
  }

  private static List<String> packages(String module) throws IOException {
    Path root = Markdown.PROJECT.resolve(module).resolve("src/main/java/io/reseal");
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(file -> file.toString().endsWith(".java") && !file.endsWith("package-info.java"))
          .map(file -> root.relativize(file.getParent()).toString().replace('/', '.'))
          .distinct()
          .toList();
    }
  }

  /** Seen to catch an arrow that the table lacks, and a transition that is not drawn. */
  @Test
  void theGraphShowsTheStateTable() {
    List<String> drawn =
        ARROW
            .matcher(section("### States").text())
            .results()
            .flatMap(
                arrow ->
                    Arrays.stream(arrow.group(3).split(", "))
                        .map(label -> arrow(arrow.group(1), arrow.group(2), label)))
            .toList();

    assertThat(drawn).containsExactlyInAnyOrderElementsOf(transitions());
  }

  private static List<String> transitions() {
    List<String> all = new ArrayList<>();
    for (RebuildState from : RebuildState.values()) {
      for (Step step : Step.values()) {
        StateTable.find(from, step).ifPresent(to -> all.add(arrow(from, to, step.title())));
      }
      for (Happening happening : Happening.values()) {
        StateTable.find(from, happening)
            .filter(to -> to != from)
            .ifPresent(to -> label(happening).ifPresent(label -> all.add(arrow(from, to, label))));
      }
    }
    return all;
  }

  /** Empty for what can happen in every state, which the text explains instead. */
  private static Optional<String> label(Happening happening) {
    return switch (happening) {
      case THREAD_HELD -> Optional.of("hold");
      case NOTHING_LOST -> Optional.of("nothing lost");
      case SCRATCH_LOST, ABORTED -> Optional.empty();
    };
  }

  private static String arrow(Object from, Object to, String label) {
    return "%s --> %s: %s".formatted(from, to, label);
  }

  /** Seen to catch a step without a row, in another order, or with another state or queue. */
  @Test
  void theTableOfStepsHasEachStepWithItsStateAndQueue() {
    List<String> titles = new ArrayList<>(List.of("step", "inspect", "hold"));
    for (Step step : Step.values()) {
      titles.add(step.title());
    }
    List<List<String>> rows = section("### Steps").rows();

    assertThat(rows.stream().flatMap(row -> titles(row).stream()))
        .containsExactlyElementsOf(titles);
    for (Step step : Step.values()) {
      List<String> row =
          rows.stream().filter(one -> titles(one).contains(step.title())).findFirst().orElseThrow();
      assertThat(row.get(2)).as(step.title()).isEqualTo(reached(step));
      if (step.resource() != Step.Resource.NONE) {
        assertThat(row.get(1)).as(step.title()).contains("-" + step.resource().key() + "`");
      }
    }
  }

  private static List<String> titles(List<String> row) {
    return List.of(row.get(0).replaceAll(" \\(.*\\)", "").split(", "));
  }

  private static String reached(Step step) {
    return Arrays.stream(RebuildState.values())
        .flatMap(from -> StateTable.find(from, step).filter(to -> to != from).stream())
        .map(RebuildState::toString)
        .distinct()
        .findFirst()
        .orElse("");
  }
}
