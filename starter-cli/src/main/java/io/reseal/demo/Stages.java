package io.reseal.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.core.CoreException;
import io.reseal.core.CoreFiles;
import io.reseal.core.StageDiedException;
import io.reseal.core.StageProcess;
import io.reseal.core.StageProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/** Runs single operations of the sealing core, as a miner's software would have. */
public final class Stages {

  static final ObjectMapper JSON = new ObjectMapper();

  private final StageProgram program;

  /** Of the core that the environment names. */
  public Stages(Map<String, String> environment) {
    this.program = new StageProgram(CoreFiles.anywhere(environment).stageProgram(), Map.of());
  }

  /** The result of an operation; its error is a {@link DemoException} with the core's sentence. */
  JsonNode run(String operation, ObjectNode request) {
    try (StageProcess process = program.start(request.put("op", operation))) {
      return process.await(progress -> {});
    } catch (CoreException | StageDiedException e) {
      throw new DemoException(operation + " failed: " + e.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoException(operation + " was interrupted.");
    }
  }
}
