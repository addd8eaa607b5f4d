package io.reseal.standin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.core.CoreException;
import io.reseal.core.CoreFiles;
import io.reseal.core.CoreRequest;
import io.reseal.core.Operation;
import io.reseal.core.StageDiedException;
import io.reseal.core.StageProcess;
import io.reseal.core.StageProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/** Runs single operations of the sealing core, in place of a miner's software. */
public final class Stages {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final StageProgram program;

  /** Uses the core that the environment names. */
  public Stages(Map<String, String> environment) {
    this.program = new StageProgram(CoreFiles.anywhere(environment).stageProgram(), Map.of());
  }

  /** A request without fields. */
  public static ObjectNode request() {
    return JSON.createObjectNode();
  }

  /** Runs an operation; an error is a {@link StandInException} with the core's message. */
  public JsonNode run(Operation operation, ObjectNode fields) {
    try (StageProcess process = program.start(new CoreRequest(operation, fields))) {
      return process.await(progress -> {});
    } catch (CoreException | StageDiedException e) {
      throw new StandInException(operation + " failed: " + e.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StandInException(operation + " was interrupted.");
    }
  }
}
