package io.reseal.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.config.Processor;
import io.reseal.core.Placements.Place;
import io.reseal.plan.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stage processes go where there is most room, with what their place gives them. */
class PlacementsTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path temp;

  // Seen to fail: with the first entry taken whenever it has room.
  @Test
  void theEntryWithMostSpareCapacityIsTakenAndAPlaceGivenBackCountsAgain() {
    Placements placements = new Placements(List.of(processor("a", 1), processor("b", 3)));
    assertThat(taken(placements.take(any -> true))).isEqualTo("b");
    Place second = placements.take(any -> true);
    assertThat(taken(second)).isEqualTo("b");
    assertThat(taken(placements.take(any -> true))).isEqualTo("a");
    assertThat(taken(placements.take(any -> true))).isEqualTo("b");
    second.close();
    second.close();
    assertThat(taken(placements.take(any -> true))).isEqualTo("b");
  }

  @Test
  void entriesWithoutALimitTakeTurns() {
    Placements placements = new Placements(List.of(processor("a", null), processor("b", null)));
    assertThat(List.of(taken(placements.take(any -> true)), taken(placements.take(any -> true))))
        .containsExactly("a", "b");
  }

  // Seen to fail: with the entry that has most room, fit or not.
  @Test
  void onlyEntriesThatAreFitAreTakenUnlessNoneIs() {
    Placements placements = new Placements(List.of(processor("a", 9), processor("b", 1)));
    assertThat(taken(placements.take(entry -> entry.envs().containsValue("b")))).isEqualTo("b");
    assertThat(taken(placements.take(entry -> entry.envs().containsValue("b")))).isEqualTo("b");
    assertThat(taken(placements.take(entry -> false))).isEqualTo("a");
  }

  // Seen to fail: with an environment that is set for the worker's own stages only.
  @Test
  void aStageProcessGetsItsPlacesVariablesCpusAndNodeAndOthersDoNot() throws Exception {
    Path program =
        Files.createFile(
            temp.resolve("stage"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.writeString(
        program,
        """
        #!/bin/sh
        read -r request
        printf '{"result":{"request":%s,"where":"%s"}}\\n' "$request" "$WHERE"
        """);
    StageProgram stages =
        new StageProgram(
            program,
            program,
            Map.of("WHERE", "anywhere"),
            Map.of(
                Step.Resource.PC1,
                List.of(
                    new Processor(
                        Map.of("WHERE", "node 1"),
                        Optional.of("0-3,8"),
                        Optional.of(1),
                        Optional.of(1),
                        Optional.empty()))),
            Assignment.NONE);
    assertThat(run(stages, Operation.PC1).toString())
        .isEqualTo(
            "{\"request\":{\"op\":\"pc1\",\"cpus\":\"0-3,8\",\"numa_preferred\":1},\"where\":\"node"
                + " 1\"}");
    assertThat(run(stages, Operation.PC2).toString())
        .isEqualTo("{\"request\":{\"op\":\"pc2\"},\"where\":\"anywhere\"}");
  }

  private static ObjectNode run(StageProgram stages, Operation operation)
      throws IOException, CoreException, StageDiedException, InterruptedException {
    try (StageProcess process = stages.start(new CoreRequest(operation, JSON.createObjectNode()))) {
      return (ObjectNode) process.await(at -> {});
    }
  }

  private static String taken(Place place) {
    return place.processor().envs().get("NAME");
  }

  private static Processor processor(String name, Integer concurrent) {
    return new Processor(
        Map.of("NAME", name),
        Optional.empty(),
        Optional.empty(),
        Optional.ofNullable(concurrent),
        Optional.empty());
  }
}
