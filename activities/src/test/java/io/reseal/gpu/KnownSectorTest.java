package io.reseal.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The program carries the answers that the core's tests have. */
class KnownSectorTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path TESTDATA =
      Path.of(System.getProperty("basedir", "")).toAbsolutePath().resolveSibling("native/testdata");

  // Seen to fail: with a digit of the program's changed.
  @Test
  void itsAnswersAreThoseOfTheCoresTestdata() throws Exception {
    JsonNode ours = ours();
    JsonNode theirs = JSON.readTree(TESTDATA.resolve("kat/pattern-2kib-v1_1.json").toFile());
    for (Map.Entry<String, JsonNode> field : ours.properties()) {
      JsonNode known = theirs.path(field.getKey());
      if (field.getKey().equals("files")) {
        field
            .getValue()
            .properties()
            .forEach(file -> assertThat(known.path(file.getKey())).isEqualTo(file.getValue()));
      } else {
        assertThat(field.getValue()).isEqualTo(known);
      }
    }
  }

  private static JsonNode ours() throws IOException {
    try (InputStream stream = KnownSector.class.getResourceAsStream("known-sector.json")) {
      return JSON.readTree(stream);
    }
  }
}
