package io.reseal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.ser.BeanPropertyWriter;
import com.fasterxml.jackson.databind.ser.DefaultSerializerProvider;
import com.fasterxml.jackson.databind.ser.PropertyWriter;
import io.reseal.catalog.CoreReport;
import io.reseal.catalog.RebuildLine;
import io.reseal.catalog.SectorLine;
import io.reseal.catalog.ThreadRow;
import io.reseal.cli.host.HostInfo;
import io.reseal.cli.host.HostLine;
import io.reseal.cli.inputs.PiecesCheckCommand;
import io.reseal.cli.rebuild.ExplainCommand;
import io.reseal.cli.rebuild.OperatorUpdate;
import io.reseal.cli.sectors.HistoryCommand;
import io.reseal.cli.sectors.ImportJsonCommand;
import io.reseal.cli.sectors.PendingStep;
import io.reseal.cli.sectors.StateCommand;
import io.reseal.cli.show.Json;
import io.reseal.contract.FailureType;
import io.reseal.contract.Progress;
import io.reseal.contract.StateChange;
import io.reseal.gpu.GpuSelfTest;
import io.reseal.gpu.GpuState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The documents say what the program does. */
class DocumentsTest {

  private static final Path DOCS =
      Path.of(System.getProperty("basedir", "")).toAbsolutePath().resolveSibling("docs");
  private static final Pattern FIELD = Pattern.compile("`(\\w+)`");

  static Stream<Arguments> shapes() {
    return Stream.of(
        Arguments.of("Rebuild in a list", RebuildLine.class),
        Arguments.of("Sector in a list", SectorLine.class),
        Arguments.of("Sector's state", StateCommand.SectorState.class),
        Arguments.of("State change", StateChange.class),
        Arguments.of("Pending step", PendingStep.class),
        Arguments.of("Progress", Progress.class),
        Arguments.of("Rebuild with its history", HistoryCommand.Rebuild.class),
        Arguments.of("Sealing thread", ThreadRow.class),
        Arguments.of("Sealing host", HostLine.class),
        Arguments.of("Sealing host in full", HostInfo.class),
        Arguments.of("Native core", CoreReport.class),
        Arguments.of("GPU", GpuState.class),
        Arguments.of("GPU test", GpuSelfTest.Result.class),
        Arguments.of("Answer", OperatorUpdate.Answer.class),
        Arguments.of("Import", ImportJsonCommand.Import.class),
        Arguments.of("Outcome", io.reseal.intake.Outcome.class),
        Arguments.of("Fact sheet", io.reseal.intake.FactSheet.class),
        Arguments.of("Piece", PiecesCheckCommand.Check.class),
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
  void theManualHasEachFailureAsTheProgramExplainsIt() throws IOException {
    List<String> rows =
        Files.readAllLines(DOCS.resolve("operating.md")).stream()
            .filter(line -> line.matches("\\| `(Sector|Config|Host|Scratch)\\.\\w+` \\|.*"))
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

  private static List<String> documented(String section) throws IOException {
    String text = Files.readString(DOCS.resolve("json.md"));
    String rows = text.split("\n## " + section + "\n", 2)[1].split("\n## ", 2)[0];
    return rows.lines()
        .filter(line -> line.startsWith("| `"))
        .flatMap(line -> FIELD.matcher(line.split("\\|", 3)[1]).results())
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
