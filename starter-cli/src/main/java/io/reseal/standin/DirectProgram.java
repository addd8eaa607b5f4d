package io.reseal.standin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.core.CoreFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The program that makes and times the proofs library's own calls in one process: seals sectors the
 * way that other software does.
 */
public final class DirectProgram {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * How long the calls took, and the result.
   *
   * @param pc1Millis milliseconds of the layers of labels
   * @param pc2Millis milliseconds of the trees and the sealed file
   * @param commR the sector's CommR, hexadecimal
   */
  public record Times(long pc1Millis, long pc2Millis, String commR) {}

  private final Path program;

  private DirectProgram(Path program) {
    this.program = program;
  }

  /** The one next to the stage program of this environment's core. */
  public static DirectProgram find(Map<String, String> environment) {
    Path stage = CoreFiles.anywhere(environment).stageProgram();
    Path program = stage.resolveSibling("reseal-direct");
    if (!Files.isExecutable(program)) {
      throw new StandInException(
          "There is no %s to compare with: `make native` builds it.".formatted(program));
    }
    return new DirectProgram(program);
  }

  /**
   * Seals a sector whose data is complete.
   *
   * @param request the same as for the core's PC2
   */
  public Times seal(ObjectNode request) throws IOException {
    JsonNode times = ask(request + "\n", "seal");
    return new Times(
        times.get("pc1_millis").asLong(),
        times.get("pc2_millis").asLong(),
        times.get("comm_r").asText());
  }

  /**
   * Encodes an update over a key.
   *
   * @param request the same as for the core's {@code snap_encode}
   * @return the update's CommR, hexadecimal
   */
  public String snap(ObjectNode request) throws IOException {
    return ask(request + "\n", "snap").get("comm_r").asText();
  }

  /** Milliseconds of each way to assemble a piece that fills a sector of this size. */
  public JsonNode assemble(String size, int runs, Path directory) throws IOException {
    return ask(
        "",
        "piece",
        "--size",
        size,
        "--runs",
        Integer.toString(runs),
        "--directory",
        directory.toString());
  }

  private JsonNode ask(String request, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    Process process = builder.start();
    try (Writer stdin = process.outputWriter(StandardCharsets.UTF_8);
        BufferedReader stdout = process.inputReader(StandardCharsets.UTF_8)) {
      stdin.write(request);
      stdin.flush();
      String line = stdout.readLine();
      int status = process.waitFor();
      if (status != 0 || line == null) {
        throw new StandInException(
            "%s ended with status %d: see its message.".formatted(program, status));
      }
      return JSON.readTree(line);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StandInException("The measurement was interrupted.");
    } finally {
      process.destroyForcibly();
    }
  }
}
