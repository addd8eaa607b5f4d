package io.reseal.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.plan.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The core's operations, as this program and the stage program name them. */
class OperationTest {

  private static final Pattern MATCH_ARM = Pattern.compile("Some\\(\"(\\w+)\"\\) =>");

  // Catches: an operation that only one of the two programs has, or that they spell differently.
  @Test
  void hasExactlyTheOperationsOfTheStageProgram() throws IOException {
    Set<String> theirs =
        MATCH_ARM
            .matcher(Files.readString(operationsFile()))
            .results()
            .map(arm -> arm.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> ours =
        Arrays.stream(Operation.values())
            .map(Operation::toString)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(theirs).hasSizeGreaterThan(10);
    assertThat(ours).isEqualTo(theirs);
  }

  // Catches: a stage with a section in the host's file that no operation would ever run in.
  @Test
  void everyStageOfTheHostsFileHasAnOperation() {
    List<Step.Resource> occupied =
        Arrays.stream(Operation.values()).map(Operation::resource).distinct().toList();
    assertThat(occupied).containsAll(Step.Resource.stages()).doesNotContain(Step.Resource.IO);
  }

  private static Path operationsFile() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("../native"))) {
      List<Path> found =
          files
              .filter(file -> file.endsWith("operations.rs"))
              .filter(file -> file.toString().contains("/src/"))
              .toList();
      assertThat(found).hasSize(1);
      return found.get(0);
    }
  }
}
