package io.reseal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.ser.BeanPropertyWriter;
import com.fasterxml.jackson.databind.ser.DefaultSerializerProvider;
import com.fasterxml.jackson.databind.ser.PropertyWriter;
import io.reseal.Markdown;
import io.reseal.catalog.BatchCounts;
import io.reseal.catalog.BatchLoss;
import io.reseal.catalog.BatchRecord;
import io.reseal.catalog.CopyRow;
import io.reseal.catalog.CoreReport;
import io.reseal.catalog.RebuildLine;
import io.reseal.catalog.ScratchRow;
import io.reseal.catalog.SectorLine;
import io.reseal.catalog.ThreadRow;
import io.reseal.cli.batch.BatchListCommand;
import io.reseal.cli.batch.BatchView;
import io.reseal.cli.host.HostInfo;
import io.reseal.cli.host.HostLine;
import io.reseal.cli.inputs.PiecesCheckCommand;
import io.reseal.cli.installation.VersionCommand;
import io.reseal.cli.losses.LossView;
import io.reseal.cli.rebuild.ExplainCommand;
import io.reseal.cli.rebuild.OperatorUpdate;
import io.reseal.cli.rebuild.Recovery;
import io.reseal.cli.report.BatchReport;
import io.reseal.cli.scrub.ScrubListCommand;
import io.reseal.cli.sectors.HistoryCommand;
import io.reseal.cli.sectors.ImportJsonCommand;
import io.reseal.cli.sectors.PendingStep;
import io.reseal.cli.sectors.StateCommand;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.show.Json;
import io.reseal.contract.FailureType;
import io.reseal.contract.Names;
import io.reseal.contract.Progress;
import io.reseal.contract.ScrubProgress;
import io.reseal.contract.StateChange;
import io.reseal.gpu.GpuSelfTest;
import io.reseal.gpu.GpuState;
import io.reseal.intake.Learned;
import io.reseal.plan.Step;
import io.reseal.record.SectorRoots;
import io.reseal.sector.RebuildState;
import io.reseal.temporal.ServerVersion;
import io.temporal.common.SearchAttributeKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.Command;

/** The documents say what the program does. */
class DocumentsTest {

  private static final Pattern FIELD = Pattern.compile("`(\\w+)`");

  static Stream<Arguments> shapes() {
    return Stream.of(
        Arguments.of("Rebuild in a list", RebuildLine.class),
        Arguments.of("Sector in a list", SectorLine.class),
        Arguments.of("Sector's state", StateCommand.SectorState.class),
        Arguments.of("Roots", SectorRoots.class),
        Arguments.of("Stored copy", CopyRow.class),
        Arguments.of("Tour", ScrubListCommand.Tour.class),
        Arguments.of("Losses of a miner", LossView.class),
        Arguments.of("Lost sector", LossView.LostSector.class),
        Arguments.of("Needed piece", LossView.NeededPiece.class),
        Arguments.of("Batch", BatchRecord.class),
        Arguments.of("Batch in a list", BatchListCommand.Row.class),
        Arguments.of("Counts of a batch", BatchCounts.class),
        Arguments.of("Progress of a batch", BatchView.class),
        Arguments.of("Report of a batch", BatchReport.class),
        Arguments.of("Sector in a report", BatchReport.Sector.class),
        Arguments.of("Loss in a report", BatchLoss.class),
        Arguments.of("Progress of a tour", ScrubProgress.class),
        Arguments.of("What was learned", Learned.class),
        Arguments.of("State change", StateChange.class),
        Arguments.of("Pending step", PendingStep.class),
        Arguments.of("Progress", Progress.class),
        Arguments.of("Rebuild with its history", HistoryCommand.Rebuild.class),
        Arguments.of("Sealing thread", ThreadRow.class),
        Arguments.of("Sealing host", HostLine.class),
        Arguments.of("Sealing host in full", HostInfo.class),
        Arguments.of("Scratch files", ScratchRow.class),
        Arguments.of("Recovery", Recovery.class),
        Arguments.of("Native core", CoreReport.class),
        Arguments.of("GPU", GpuState.class),
        Arguments.of("GPU test", GpuSelfTest.Result.class),
        Arguments.of("Answer", OperatorUpdate.Answer.class),
        Arguments.of("Import", ImportJsonCommand.Import.class),
        Arguments.of("Outcome", io.reseal.intake.Outcome.class),
        Arguments.of("Fact sheet", io.reseal.intake.FactSheet.class),
        Arguments.of("Piece", PiecesCheckCommand.Check.class),
        Arguments.of("Version", VersionCommand.Versions.class),
        Arguments.of("Failure", ExplainCommand.Explanation.class));
  }

  /** Seen to catch a field that was renamed, left out, or added without a word in the docs. */
  @ParameterizedTest
  @MethodSource("shapes")
  void jsonHasTheDocumentedFields(String section, Class<?> type) throws IOException {
    assertThat(fields(type)).containsExactlyElementsOf(documented(section));
  }

  /** Seen to catch a failure whose row in the docs is missing or old. */
  @Test
  void theManualHasEachFailureAsTheProgramExplainsIt() {
    List<String> rows =
        Markdown.of("docs/operating.md")
            .text()
            .lines()
            .filter(line -> line.matches("\\| `(Sector|Config|Host|Scratch|Store)\\.\\w+` \\|.*"))
            .toList();

    assertThat(rows)
        .containsExactlyElementsOf(
            Arrays.stream(FailureType.values())
                .map(
                    type ->
                        "| `%s` | %s | %s | %s |"
                            .formatted(type, type.meaning(), type.course().text(), type.whatToDo()))
                .toList());
  }

  /** Seen to catch a state that is missing from the manual. */
  @Test
  void theManualHasAllStatesInOrder() {
    String states = Markdown.of("docs/operating.md").section("## States").text();

    assertThat(
            Markdown.code(states).stream()
                .flatMap(code -> Pattern.compile("\\w+").matcher(code).results())
                .map(MatchResult::group))
        .containsExactlyElementsOf(
            Arrays.stream(RebuildState.values()).map(RebuildState::toString).toList());
  }

  /** Seen to catch stages that the manual or the example leaves out. */
  @Test
  void manualAndExampleHaveAllStages() {
    List<String> limits =
        Markdown.of("docs/operating.md")
            .row("`processors.limitation.concurrent.<stage>`, `processors.limit`");
    String example = Markdown.of("config/worker.toml").text().replaceAll("\n# ", " ");
    Matcher placed =
        Pattern.compile("Where the processes of a stage run: ([^.]+)\\.").matcher(example);

    assertThat(Markdown.code(limits.get(2).split("Nothing for", 2)[0]))
        .containsExactlyInAnyOrderElementsOf(stages());
    assertThat(placed.find()).isTrue();
    assertThat(placed.group(1).split(", | or ")).containsExactlyInAnyOrderElementsOf(stages());
  }

  private static List<String> stages() {
    return Arrays.stream(Step.Resource.values())
        .filter(resource -> resource != Step.Resource.IO && resource != Step.Resource.NONE)
        .map(Step.Resource::key)
        .toList();
  }

  /** Seen to catch a queue that is missing from the page about Temporal servers. */
  @Test
  void thePageAboutTemporalHasAllTaskQueues() {
    Markdown page = Markdown.of("deploy/temporal/README.md");

    assertThat(Markdown.code(page.row("task queues for all hosts").get(1)))
        .containsExactly(Names.CONTROL_QUEUE, Names.HOLD_QUEUE);
    assertThat(Markdown.code(page.row("task queues of each host").get(1)))
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(
                    Arrays.stream(Step.Resource.values())
                        .filter(resource -> resource != Step.Resource.NONE)
                        .map(resource -> Names.hostQueue("HOST", resource)),
                    Stream.of(Names.hostHoldQueue("HOST"), Names.hostControlQueue("HOST")))
                .toList());
  }

  /** Seen to catch a search attribute that is missing from the page, and one of another type. */
  @Test
  void thePageAboutTemporalHasAllSearchAttributes() {
    assertThat(
            Markdown.of("deploy/temporal/README.md").section("## Set it up").rows().stream()
                .map(cells -> cells.get(0) + " " + cells.get(1))
                .skip(1))
        .containsExactlyElementsOf(
            Names.SEARCH_ATTRIBUTES.stream()
                .map(key -> "`%s` %s".formatted(key.getName(), type(key)))
                .toList());
  }

  private static String type(SearchAttributeKey<?> key) {
    String name = key.getValueType().name().replace("INDEXED_VALUE_TYPE_", "");
    return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
  }

  /** Seen to catch an exit status that the manual explains otherwise than --help. */
  @Test
  void theManualHasEachExitStatusAsTheProgramExplainsIt() {
    List<List<String>> rows =
        Markdown.of("docs/operating.md").section("## Exit status").rows().stream().skip(1).toList();
    String[] help = Reseal.class.getAnnotation(Command.class).exitCodeList();

    assertThat(rows).hasSameSizeAs(help);
    for (int i = 0; i < help.length; i++) {
      List<String> row = rows.get(i);
      assertThat(row.get(0) + ":" + row.get(1)).startsWith(help[i]);
    }
    assertThat(rows.stream().map(row -> Integer.valueOf(row.get(0))))
        .containsExactly(
            ExitStatus.DONE,
            ExitStatus.FAILED,
            ExitStatus.USAGE,
            ExitStatus.UNREACHABLE,
            ExitStatus.REFUSED);
  }

  /** Seen to catch documents that name another version than the program requires. */
  @Test
  void theDocumentsNameTheRequiredTemporalServer() {
    ServerVersion oldest = ServerVersion.OLDEST_TEMPORAL;

    assertThat(Markdown.of("docs/operating.md").row("Temporal").get(1))
        .contains("older than %s,".formatted(oldest));
    assertThat(Markdown.of("deploy/temporal/README.md").row("version").get(1))
        .startsWith("%s or newer".formatted(oldest))
        .contains(ServerVersion.OLDEST_TESTED_TEMPORAL, ServerVersion.NEWEST_TESTED_TEMPORAL);
    assertThat(Markdown.of("docs/architecture.md").section("## Decisions").text())
        .contains("Temporal %s or newer is required".formatted(oldest));
  }

  static Stream<String> documents() {
    return Stream.of(
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "deploy/temporal/README.md",
        "native/README.md",
        "docs/architecture.md",
        "docs/fleet.md",
        "docs/glossary.md",
        "docs/inputs.md",
        "docs/installing.md",
        "docs/json.md",
        "docs/operating.md",
        "docs/performance.md",
        "docs/web-ui.md");
  }

  /** Seen to catch a link to a heading that was renamed. */
  @ParameterizedTest
  @MethodSource("documents")
  void eachLinkLeadsSomewhere(String document) {
    Path directory = Markdown.PROJECT.resolve(document).getParent();
    for (String link : Markdown.of(document).links()) {
      if (link.startsWith("http")) {
        continue;
      }
      String[] parts = link.split("#", 2);
      Path target =
          parts[0].isEmpty()
              ? Markdown.PROJECT.resolve(document)
              : directory.resolve(parts[0]).normalize();
      assertThat(target).as(link).exists();
      if (parts.length == 2) {
        assertThat(Markdown.of(Markdown.PROJECT.relativize(target).toString()).anchors())
            .as(link)
            .contains(parts[1]);
      }
    }
  }

  private static List<String> documented(String section) {
    return Markdown.of("docs/json.md").section("## " + section).rows().stream()
        .flatMap(cells -> FIELD.matcher(cells.get(0)).results())
        .map(found -> found.group(1))
        .toList();
  }

  private static List<String> fields(Class<?> type) throws IOException {
    SerializerProvider provider =
        ((DefaultSerializerProvider) Json.MAPPER.getSerializerProvider())
            .createInstance(
                Json.MAPPER.getSerializationConfig(), Json.MAPPER.getSerializerFactory());
    JsonSerializer<Object> serializer = provider.findValueSerializer(type);
    List<String> names = new ArrayList<>();
    Iterator<PropertyWriter> properties = serializer.properties();
    while (properties.hasNext()) {
      PropertyWriter property = properties.next();
      if (property instanceof BeanPropertyWriter bean && bean.isUnwrapping()) {
        names.addAll(fields(property.getType().getRawClass()));
      } else {
        names.add(property.getName());
      }
    }
    return names;
  }
}
