package io.reseal.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reseal.config.Pc2;
import io.reseal.config.WorkerConfig;
import io.reseal.core.ChosenCore;
import io.reseal.core.CoreException;
import io.reseal.core.CoreRequest;
import io.reseal.core.Operation;
import io.reseal.core.StageDiedException;
import io.reseal.core.StageProcess;
import io.reseal.core.StageProgram;
import io.reseal.core.StageProgress;
import io.reseal.gpu.AllowedGpus;
import io.reseal.gpu.GpuSelfTest;
import io.reseal.inspection.RootsHash;
import io.reseal.labelling.LabelSpeeds;
import io.reseal.labelling.StageMeter;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorSize;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** This host's native core, with the settings that its worker uses. */
public final class HostCore {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final ChosenCore chosen;
  private final StageProgram program;

  private HostCore(ChosenCore chosen, StageProgram program) {
    this.chosen = chosen;
    this.program = program;
  }

  /**
   * @param worker the host's file, if there is one
   * @param env this process' environment; the file overrides it
   */
  public static HostCore find(Optional<WorkerConfig> worker, Map<String, String> env) {
    Optional<WorkerConfig.Core> core = worker.map(WorkerConfig::core);
    ChosenCore chosen = ChosenCore.choose(core, env);
    return new HostCore(
        chosen,
        new StageProgram(
            chosen.withoutGpu(),
            chosen.files().stageProgram(),
            settings(core, env),
            worker.map(WorkerConfig::processors).orElse(Map.of()),
            AllowedGpus.withoutGpu(
                chosen.files().flavour(), core.map(WorkerConfig.Core::pc2).orElse(Pc2.AUTO))));
  }

  private static Map<String, String> settings(
      Optional<WorkerConfig.Core> core, Map<String, String> env) {
    Map<String, String> settings = new HashMap<>(env);
    settings.keySet().removeIf(name -> !name.startsWith("FIL_PROOFS_"));
    core.ifPresent(given -> settings.putAll(given.settings()));
    return settings;
  }

  /** A proof type of this size: all interactive ones of a size share their parameters. */
  public static SealProof proofOf(SectorSize size) {
    return Arrays.stream(SealProof.values())
        .filter(proof -> proof.size() == size && proof.version() == SealProof.Version.V1_1)
        .findFirst()
        .orElseThrow();
  }

  /** Which flavour runs here, and why no other. */
  public ChosenCore chosen() {
    return chosen;
  }

  /** Hashes the roots of replicas' trees. */
  public RootsHash<CoreException> rootsHash() {
    return chosen.library();
  }

  /** The test of this host's GPUs. */
  public GpuSelfTest gpuTest(WorkerConfig config, Consumer<String> progress) {
    return new GpuSelfTest(config, program, progress);
  }

  /**
   * Checks the Groth16 parameters of a size.
   *
   * @param digests whether to read the whole files
   */
  public ParameterReport checkParameters(SectorSize size, boolean digests)
      throws CoreException, StageDiedException, IOException, InterruptedException {
    return ParameterReport.of(
        size,
        run(
            new CoreRequest(
                Operation.PARAMS_CHECK,
                JSON.createObjectNode()
                    .put("proof", proofOf(size).registeredName())
                    .put("digests", digests)),
            at -> {}));
  }

  /** Generates the missing Groth16 parameters of a test size. */
  public ParameterReport generateParameters(SectorSize size, Consumer<String> progress)
      throws CoreException, StageDiedException, IOException, InterruptedException {
    run(
        new CoreRequest(
            Operation.PARAMS_GENERATE,
            JSON.createObjectNode().put("proof", proofOf(size).registeredName())),
        at -> progress.accept(at.text()));
    return checkParameters(size, true);
  }

  /** Measures how fast this host labels. */
  LabelSpeeds.Meter labelMeter() {
    return new StageMeter(program);
  }

  /** Runs one operation in a stage process of its own. */
  public JsonNode run(CoreRequest request, Consumer<StageProgress> progress)
      throws CoreException, StageDiedException, IOException, InterruptedException {
    try (StageProcess process = program.start(request)) {
      return process.await(progress);
    }
  }
}
