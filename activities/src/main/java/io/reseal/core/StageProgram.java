package io.reseal.core;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Starts stage processes: one operation of the native core each. */
public final class StageProgram {

  private final Path program;
  private final Map<String, String> settings;

  /**
   * @param program the stage program
   * @param settings environment for the proofs library ({@code FIL_PROOFS_…}), over this process's
   */
  public StageProgram(Path program, Map<String, String> settings) {
    this.program = program;
    this.settings = new HashMap<>(settings);
  }

  /** Starts an operation; the caller awaits and closes the process. */
  public StageProcess start(ObjectNode request) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(program.toString());
    builder.environment().putAll(settings);
    Process process = builder.start();
    try {
      return new StageProcess(process, request);
    } catch (IOException e) {
      process.destroyForcibly();
      throw e;
    }
  }
}
