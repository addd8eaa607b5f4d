package io.reseal.core;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.config.Processor;
import io.reseal.plan.Step;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Starts stage processes, each of which runs one operation of the native core. */
public final class StageProgram {

  private final Path program;
  private final Path onGpu;
  private final Map<String, String> settings;
  private final Map<Step.Resource, Placements> placements = new HashMap<>();
  private final Assignment usual;

  /** A program whose stage processes may run anywhere on the machine. */
  public StageProgram(Path program, Map<String, String> settings) {
    this(program, program, settings, Map.of(), Assignment.NONE);
  }

  /**
   * @param program the stage program
   * @param onGpu the program for stages that run on a GPU
   * @param settings environment for the proofs library ({@code FIL_PROOFS_…}), added to what {@link
   *     StageEnvironment} lets through of this process's own
   * @param processors where the stage processes for each resource run
   * @param usual the assignment of stage processes that are started without one
   */
  public StageProgram(
      Path program,
      Path onGpu,
      Map<String, String> settings,
      Map<Step.Resource, List<Processor>> processors,
      Assignment usual) {
    this.program = program;
    this.onGpu = onGpu;
    this.usual = usual;
    this.settings = new HashMap<>(settings);
    processors.forEach((stage, entries) -> placements.put(stage, new Placements(entries)));
  }

  /** Starts an operation; the caller awaits and closes the process. */
  public StageProcess start(CoreRequest request) throws IOException {
    return start(request, usual);
  }

  /** Starts an operation with the GPU, environment and place of the given assignment. */
  public StageProcess start(CoreRequest request, Assignment assignment) throws IOException {
    Optional<Placements.Place> place =
        Optional.ofNullable(placements.get(request.operation().resource()))
            .map(places -> places.take(assignment.places()));
    Runnable giveBack = () -> place.ifPresent(Placements.Place::close);
    return start(request, assignment, place.map(Placements.Place::processor), giveBack);
  }

  /** Starts an operation on a processor that the caller has chosen and accounts for. */
  public StageProcess start(CoreRequest request, Optional<Processor> processor) throws IOException {
    return start(request, usual, processor, () -> {});
  }

  private StageProcess start(
      CoreRequest request, Assignment assignment, Optional<Processor> processor, Runnable closed)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder((assignment.onGpu() ? onGpu : program).toString());
    builder.environment().keySet().retainAll(StageEnvironment.inherited(System.getenv()).keySet());
    builder.environment().putAll(settings);
    builder.environment().putAll(assignment.environment());
    processor.ifPresent(on -> builder.environment().putAll(on.envs()));
    ObjectNode line = request.line().setAll(assignment.fields());
    processor.ifPresent(on -> place(line, on));
    Process process = null;
    try {
      process = builder.start();
      return new StageProcess(process, line, closed);
    } catch (IOException | RuntimeException e) {
      if (process != null) {
        process.destroyForcibly();
      }
      closed.run();
      throw e;
    }
  }

  /** Adds the fields that bind the stage process to that processor. */
  private static void place(ObjectNode line, Processor processor) {
    processor.cpus().ifPresent(cpus -> line.put("cpus", cpus));
    processor.numaNode().ifPresent(node -> line.put("numa_preferred", node));
  }
}
