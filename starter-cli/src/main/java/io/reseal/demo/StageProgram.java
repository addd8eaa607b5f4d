package io.reseal.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Runs single operations of the sealing core's stage program, each in a process of its own. */
final class StageProgram {

  static final ObjectMapper JSON = new ObjectMapper();

  private final Path program;
  private final Path log;

  /**
   * Of the directory that {@code RESEAL_NATIVE} names.
   *
   * @param log where the program's own log goes
   */
  StageProgram(Map<String, String> environment, Path log) {
    String directory = environment.getOrDefault("RESEAL_NATIVE", "native/dist");
    this.program = Path.of(directory, "cpu", "reseal-stage").toAbsolutePath();
    this.log = log;
    if (!Files.isExecutable(program)) {
      throw new DemoException(
          "The sealing core is not built: %s is missing. Run make build first.".formatted(program));
    }
  }

  /** The result of an operation; its error is a {@link DemoException} with the core's sentence. */
  JsonNode run(String operation, ObjectNode request) {
    request.put("op", operation);
    try {
      Process process =
          new ProcessBuilder(program.toString())
              .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      // Its end would end the process, so the stream stays open until the last line has been read.
      try (OutputStream stdin = process.getOutputStream();
          BufferedReader stdout =
              new BufferedReader(
                  new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        stdin.write((JSON.writeValueAsString(request) + "\n").getBytes(StandardCharsets.UTF_8));
        stdin.flush();
        return lastWord(operation, stdout);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode lastWord(String operation, BufferedReader stdout) throws IOException {
    String line = stdout.readLine();
    while (line != null) {
      JsonNode message = JSON.readTree(line);
      if (message.has("result")) {
        return message.get("result");
      }
      if (message.has("error")) {
        throw new DemoException(
            operation + " failed: " + message.get("error").path("message").asText());
      }
      line = stdout.readLine();
    }
    throw new DemoException(operation + " ended without a word.");
  }
}
