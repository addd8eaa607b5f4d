package io.reseal.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.StatusRuntimeException;
import io.reseal.Markdown;
import io.reseal.contract.Names;
import io.reseal.temporal.NamespaceSetup;
import io.reseal.temporal.TemporalConnection;
import io.reseal.temporal.VisibilityQuery;
import io.temporal.client.WorkflowExecutionMetadata;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.SearchAttributes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every query to Temporal's visibility store, those of the program and those that the documents
 * give to people, on a real server: the one for development, or the one whose address is in the
 * system property {@code reseal.temporal.address}.
 */
@Timeout(120)
class VisibilityIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final String COLUMN =
      "(Reseal[A-Z]\\w+|WorkflowType|WorkflowId|ExecutionStatus|StartTime|CloseTime)";
  private static final Pattern QUERY =
      Pattern.compile(COLUMN + " (=|!=|<|>|<=|>=|IN|NOT IN|BETWEEN|STARTS_WITH|IS) .+");
  private static final Pattern OPTION = Pattern.compile("--query (?:\"([^\"]+)\"|'([^']+)')");

  @TempDir private static Path directory;

  private static Service temporal;
  private static TemporalConnection connection;

  @BeforeAll
  static void startServer() throws IOException {
    String address = System.getProperty("reseal.temporal.address");
    if (address == null) {
      Ports ports = TestPorts.free();
      Home home = new Home(directory);
      Files.createDirectories(home.logs());
      Path program =
          new TemporalProgram(System.getenv(), CacheDirectory.of(System.getenv()), line -> {})
              .find()
              .orElseThrow();
      temporal = EmbeddedTemporal.start(program, home, ports);
      address = EmbeddedTemporal.address(ports);
    }
    connection = TemporalConnection.open(address, "reseal-" + UUID.randomUUID(), Map.of());
    new NamespaceSetup(connection).run(Duration.ofDays(1));
    start("Rebuild", "rebuild-f01001-123", 123, "PC1Done", false);
    start("Rebuild", "rebuild-f01001-110", 110, "Empty", false);
    start("Rebuild", "rebuild-f01001-111", 111, "Aborted", true);
    start("FollowSector", "follow-f01001-112", 112, "active", false);
    awaitListed();
  }

  /** A workflow that no worker takes, so that it keeps what it is found by. */
  private static void start(String type, String id, long sector, String state, boolean attention) {
    SearchAttributes attributes =
        SearchAttributes.newBuilder()
            .set(Names.MINER, "f01001")
            .set(Names.SECTOR, sector)
            .set(Names.STATE, state)
            .set(Names.HOST, "host-a")
            .set(Names.BATCH, "disk-7")
            .set(Names.ATTENTION, attention)
            .build();
    var unused =
        connection
            .client()
            .newUntypedWorkflowStub(
                type,
                WorkflowOptions.newBuilder()
                    .setWorkflowId(id)
                    .setTaskQueue("nobody")
                    .setTypedSearchAttributes(attributes)
                    .setWorkflowExecutionTimeout(Duration.ofHours(1))
                    .build())
            .start();
  }

  /** A server lists a workflow some time after it has started it. */
  private static void awaitListed() {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (count("ResealBatch = 'disk-7'") < 4) {
      assertThat(System.nanoTime()).as("all four are listed in time").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  @AfterAll
  static void stopServer() {
    if (connection != null) {
      connection.close();
    }
    if (temporal != null) {
      temporal.close();
    }
  }

  /** In code spans, and as an option of Temporal's own program, in all documents. */
  static Stream<String> ofDocuments() throws IOException {
    List<Path> documents = new ArrayList<>(List.of(Markdown.PROJECT.resolve("README.md")));
    for (String folder : List.of("docs", "deploy")) {
      try (Stream<Path> files = Files.walk(Markdown.PROJECT.resolve(folder))) {
        files.filter(file -> file.toString().endsWith(".md")).forEach(documents::add);
      }
    }
    return documents.stream()
        .map(file -> Markdown.of(Markdown.PROJECT.relativize(file).toString()).text())
        .flatMap(VisibilityIT::queries)
        .distinct();
  }

  private static Stream<String> queries(String text) {
    return Stream.concat(
        Markdown.code(text).stream().filter(code -> QUERY.matcher(code).matches()),
        OPTION
            .matcher(text)
            .results()
            .map(found -> found.group(1) == null ? found.group(2) : found.group(1)));
  }

  static Stream<String> ofTheProgram() {
    return Arrays.stream(VisibilityQuery.values()).map(VisibilityQuery::text);
  }

  // Catches: a view that a server refuses, or that finds nothing of what it is for.
  @ParameterizedTest
  @MethodSource("ofDocuments")
  void aQueryOfTheDocumentsFindsWhatItIsFor(String query) {
    List<String> found = list(query);

    assertThat(count(query)).isEqualTo(found.size());
    if (!query.contains("StartTime")) {
      assertThat(found).isNotEmpty();
    }
  }

  // Catches: a search for queries that sees only some of the documents.
  @Test
  void theQueriesOfAllDocumentsAreFound() throws IOException {
    List<String> all = ofDocuments().toList();

    List<String> views =
        Markdown.of("docs/web-ui.md").section("## Finding workflows").rows().stream()
            .filter(cells -> !cells.get(0).equals("view"))
            .flatMap(cells -> Markdown.code(cells.get(1)).stream())
            .toList();
    assertThat(views).hasSizeGreaterThan(10);
    assertThat(all).containsAll(views);
    assertThat(all)
        .contains("ResealMiner = \"f01001\" AND ResealState = \"PC1Done\"")
        .allSatisfy(VisibilityIT::namesOnlyAttributesOfReseal);
    assertThat(queries("temporal workflow list --query \"ResealSector = 7\""))
        .containsExactly("ResealSector = 7");
  }

  private static void namesOnlyAttributesOfReseal(String query) {
    Matcher names = Pattern.compile("Reseal[A-Z]\\w+").matcher(query);
    assertThat(names.results().map(name -> name.group()))
        .allMatch(
            name -> Names.SEARCH_ATTRIBUTES.stream().anyMatch(key -> key.getName().equals(name)));
  }

  // Catches: a query of the program that a server refuses.
  @ParameterizedTest
  @MethodSource("ofTheProgram")
  void aQueryOfTheProgramIsAccepted(String query) {
    assertThat(count(query)).isEqualTo(list(query).size());
  }

  // Catches: a list of running rebuilds with workflows of other kinds, or without some rebuilds.
  @Test
  void theProgramListsItsRunningRebuilds() {
    assertThat(VisibilityQuery.RUNNING_REBUILDS.list(connection.client()))
        .extracting(execution -> execution.getWorkflowId())
        .containsExactlyInAnyOrder(
            "rebuild-f01001-123", "rebuild-f01001-110", "rebuild-f01001-111");
  }

  // Catches: a server that accepts everything, on which the other tests would prove nothing.
  @Test
  void aQueryThatNamesNoAttributeIsRefused() {
    assertThatThrownBy(() -> count("ResealNothing = 'x'"))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("ResealNothing");
  }

  private static long count(String query) {
    return connection.client().countWorkflows(query).getCount();
  }

  private static List<String> list(String query) {
    try (Stream<WorkflowExecutionMetadata> found = connection.client().listExecutions(query)) {
      return found.map(execution -> execution.getExecution().getWorkflowId()).toList();
    }
  }
}
