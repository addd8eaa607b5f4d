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

/** Starts stage processes: one operation of the native core each. */
public final class StageProgram {

  /** The kind of stage that an operation is in the host's file. */
  private static final Map<String, Step.Resource> STAGES =
      Map.of(
          "add_pieces", Step.Resource.ADD_PIECES,
          "tree_d", Step.Resource.TREE_D,
          "pc1", Step.Resource.PC1,
          "pc2", Step.Resource.PC2,
          "synthetic", Step.Resource.SYNTH_PROOF,
          "check_sealed", Step.Resource.C1,
          "c1", Step.Resource.C1,
          "c2", Step.Resource.C2,
          "snap_encode", Step.Resource.SNAP_ENCODE);

  private final Path program;
  private final Path onGpu;
  private final Map<String, String> settings;
  private final Map<Step.Resource, Placements> placements = new HashMap<>();
  private final Assignment usual;

  /** One whose stage processes may run anywhere on the machine. */
  public StageProgram(Path program, Map<String, String> settings) {
    this(program, program, settings, Map.of(), Assignment.NONE);
  }

  /**
   * @param program the stage program
   * @param onGpu that of stages which have a GPU
   * @param settings environment for the proofs library ({@code FIL_PROOFS_…}), over this process's
   * @param processors where the stage processes of a kind run
   * @param usual what a stage process is given that is given nothing of its own
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
  public StageProcess start(ObjectNode request) throws IOException {
    return start(request, usual);
  }

  /** The same with something of its own. */
  public StageProcess start(ObjectNode request, Assignment assignment) throws IOException {
    Optional<Placements.Place> place =
        Optional.ofNullable(STAGES.get(request.path("op").asText()))
            .map(placements::get)
            .map(places -> places.take(assignment.places()));
    Runnable giveBack = () -> place.ifPresent(Placements.Place::close);
    return start(request, assignment, place.map(Placements.Place::processor), giveBack);
  }

  /** The same on a processor that the caller has chosen, and counts what runs there. */
  public StageProcess start(ObjectNode request, Optional<Processor> processor) throws IOException {
    return start(request, usual, processor, () -> {});
  }

  private StageProcess start(
      ObjectNode request, Assignment assignment, Optional<Processor> processor, Runnable closed)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder((assignment.onGpu() ? onGpu : program).toString());
    builder.environment().putAll(settings);
    builder.environment().putAll(assignment.environment());
    processor.ifPresent(on -> builder.environment().putAll(on.envs()));
    Process process = null;
    try {
      process = builder.start();
      ObjectNode assigned = request.deepCopy().setAll(assignment.fields());
      ObjectNode placed = processor.map(on -> placed(assigned, on)).orElse(assigned);
      return new StageProcess(process, placed, closed);
    } catch (IOException | RuntimeException e) {
      if (process != null) {
        process.destroyForcibly();
      }
      closed.run();
      throw e;
    }
  }

  /** The request with the fields that bind the stage process to that processor. */
  private static ObjectNode placed(ObjectNode request, Processor processor) {
    ObjectNode placed = request.deepCopy();
    processor.cpus().ifPresent(cpus -> placed.put("cpus", cpus));
    processor.numaNode().ifPresent(node -> placed.put("numa_preferred", node));
    return placed;
  }
}
