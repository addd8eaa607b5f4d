package io.reseal.gpu;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.config.WorkerConfig;
import io.reseal.core.Assignment;
import io.reseal.core.CoreException;
import io.reseal.core.CoreRequest;
import io.reseal.core.Gpu;
import io.reseal.core.StageDiedException;
import io.reseal.core.StageProcess;
import io.reseal.core.StageProgram;
import io.reseal.files.LockFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Seals a sector whose results are known, running the GPU's part on the tested GPU. A GPU that
 * passes is put back into service, one that fails is taken out of service.
 */
public final class GpuSelfTest {

  /** How a test ended. */
  public enum Outcome {
    passed,
    failed,
    /** A stage or another test has the GPU. */
    busy
  }

  /**
   * What a test found.
   *
   * @param index the GPU's index on this host
   * @param uuid its unique name
   * @param name its model
   * @param outcome how it ended
   * @param text what was compared, or what failed
   */
  public record Result(int index, String uuid, String name, Outcome outcome, String text) {}

  private final WorkerConfig config;
  private final StageProgram program;
  private final Consumer<String> progress;

  /**
   * @param program starts stage processes, without a GPU unless assigned one
   * @param progress called with what is being done
   */
  public GpuSelfTest(WorkerConfig config, StageProgram program, Consumer<String> progress) {
    this.config = config;
    this.program = program;
    this.progress = progress;
  }

  /** Tests a GPU that is not in use. Failures that are not the fault of the GPU are thrown. */
  public Result run(Gpu gpu)
      throws CoreException, StageDiedException, IOException, InterruptedException {
    GpuDirectory directory = GpuDirectory.of(config, gpu);
    Optional<LockFile> lock = directory.tryLock();
    if (lock.isEmpty()) {
      return result(gpu, Outcome.busy, "a stage is using it; test it when the stage has ended");
    }
    try {
      return judged(directory, test(gpu, directory));
    } finally {
      directory.removeTest();
      lock.get().close();
    }
  }

  private Result judged(GpuDirectory directory, Result result) throws IOException {
    if (result.outcome() == Outcome.passed) {
      directory.unmark();
    } else {
      directory.mark(
          new GpuMark(
              config.name(), System.currentTimeMillis(), "self-test failed: " + result.text()));
    }
    return result;
  }

  private Result test(Gpu gpu, GpuDirectory directory)
      throws CoreException, StageDiedException, IOException, InterruptedException {
    directory.removeKernels();
    KnownSector sector = new KnownSector(directory.test());
    Assignment onGpu = AllowedGpus.assignment(gpu, directory);
    for (CoreRequest request : sector.toLabel()) {
      progress.accept("%s: %s of the known sector".formatted(gpu, request.operation()));
      run(request, Optional.empty());
    }
    List<String> done = new ArrayList<>();
    try {
      progress.accept("%s: pc2 of the known sector".formatted(gpu));
      List<String> differences = sector.differences(run(sector.pc2(), Optional.of(onGpu)));
      if (!differences.isEmpty()) {
        return result(gpu, Outcome.failed, "pc2: " + String.join(", ", differences));
      }
      done.add("CommR and %d files as known".formatted(sector.files()));
      done.add(prove(gpu, sector, onGpu));
    } catch (CoreException | StageDiedException e) {
      if (!GpuFault.is(e)) {
        throw e;
      }
      return result(gpu, Outcome.failed, e.getMessage());
    }
    return result(gpu, Outcome.passed, String.join(", ", done));
  }

  private String prove(Gpu gpu, KnownSector sector, Assignment onGpu)
      throws CoreException, StageDiedException, IOException, InterruptedException {
    if (!run(sector.checkParameters(), Optional.empty()).path("usable").asBoolean()) {
      return "no proof made: this host does not have the parameters of 2KiB";
    }
    progress.accept("%s: c1 and c2 of the known sector".formatted(gpu));
    run(sector.c1(), Optional.empty());
    run(sector.c2(), Optional.of(onGpu));
    return "a proof verifies";
  }

  private JsonNode run(CoreRequest request, Optional<Assignment> onGpu)
      throws CoreException, StageDiedException, IOException, InterruptedException {
    try (StageProcess process =
        onGpu.isPresent() ? program.start(request, onGpu.get()) : program.start(request)) {
      return process.await(at -> {});
    }
  }

  private static Result result(Gpu gpu, Outcome outcome, String text) {
    return new Result(gpu.index(), gpu.uuid(), gpu.name(), outcome, text);
  }
}
