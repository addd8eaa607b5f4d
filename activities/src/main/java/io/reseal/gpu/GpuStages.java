package io.reseal.gpu;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.core.Assignment;
import io.reseal.core.CoreCode;
import io.reseal.core.CoreException;
import io.reseal.core.CoreRequest;
import io.reseal.core.Gpu;
import io.reseal.core.StageDiedException;
import io.reseal.plan.Step;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Runs stages that may use a GPU: on one GPU; if it fails, on another; if that fails too or there
 * is none, on the CPU. A GPU that fails is taken out of service.
 */
public final class GpuStages {

  /** How many GPUs a stage is tried on: what fails on two is likely to fail on all. */
  private static final int MOST_GPUS = 2;

  /** The step that wants the stage run. */
  public interface Stage {

    /** Runs the request in a stage process with that assignment. */
    JsonNode run(CoreRequest request, Assignment assignment)
        throws CoreException, StageDiedException, IOException, InterruptedException;

    /** Waits for a GPU until one is available or the step is stopped. */
    <T> T waiting(Wait<T> wait) throws IOException, InterruptedException;

    /** Shows what the stage does now. */
    void show(String line);

    /** Reports a problem that did not end the step. */
    void warn(String line);
  }

  /** The wait for a GPU. */
  public interface Wait<T> {
    T get() throws IOException, InterruptedException;
  }

  /**
   * How a stage ended.
   *
   * @param result the core's result
   * @param where the device it ran on, for display: {@code on GPU 0 (NVIDIA H100)}; empty on a host
   *     whose core uses no GPUs
   */
  public record Ran(JsonNode result, String where) {}

  private final AllowedGpus gpus;

  public GpuStages(AllowedGpus gpus) {
    this.gpus = gpus;
  }

  /** Runs a request, on a GPU if it may have one. */
  public Ran run(CoreRequest request, Stage stage)
      throws CoreException, StageDiedException, IOException, InterruptedException {
    Step.Resource kind = request.operation().resource();
    if (!gpus.serve(kind)) {
      return new Ran(stage.run(request, gpus.withoutGpu()), "");
    }
    Set<Gpu> tried = new LinkedHashSet<>();
    List<String> failures = new ArrayList<>();
    while (tried.size() < MOST_GPUS) {
      Optional<GpuPool.Lease> taken = take(kind, tried, stage);
      if (taken.isEmpty()) {
        break;
      }
      try (GpuPool.Lease lease = taken.get()) {
        tried.add(lease.gpu());
        Optional<JsonNode> result = onGpu(lease, request, stage, failures);
        if (result.isPresent()) {
          return new Ran(result.get(), where("on " + lease.gpu(), failures));
        }
      }
      gpus.look();
    }
    return onTheCpu(request, stage, failures);
  }

  /** Empty if the GPU failed; it is then marked before another stage can take it. */
  private Optional<JsonNode> onGpu(
      GpuPool.Lease lease, CoreRequest request, Stage stage, List<String> failures)
      throws CoreException, StageDiedException, IOException, InterruptedException {
    stage.show("on " + lease.gpu());
    boolean ended = false;
    try {
      JsonNode result = stage.run(request, AllowedGpus.assignment(lease.gpu(), lease.directory()));
      ended = true;
      return Optional.of(result);
    } catch (CoreException | StageDiedException e) {
      if (!GpuFault.is(e)) {
        throw e;
      }
      failures.add(takeOut(lease, request.operation().resource(), stage, e.getMessage()));
      return Optional.empty();
    } finally {
      if (!ended) {
        lease.directory().removeKernels();
      }
    }
  }

  private String takeOut(GpuPool.Lease lease, Step.Resource kind, Stage stage, String fault)
      throws IOException {
    String reason = "%s failed: %s".formatted(kind.key(), fault);
    gpus.failed(lease.gpu(), kind);
    lease.directory().mark(new GpuMark(gpus.host(), System.currentTimeMillis(), reason));
    String line = "%s is taken out of service, %s".formatted(lease.gpu(), reason);
    stage.warn(line);
    return line;
  }

  /** If none is free, asks the driver again: a GPU may have appeared since the last look. */
  private Optional<GpuPool.Lease> take(Step.Resource kind, Set<Gpu> tried, Stage stage)
      throws IOException, InterruptedException {
    return stage.waiting(
        () -> {
          Optional<GpuPool.Lease> taken = gpus.take(kind, tried, stage::show);
          if (taken.isPresent() || !tried.isEmpty()) {
            return taken;
          }
          gpus.look();
          return gpus.take(kind, tried, stage::show);
        });
  }

  private Ran onTheCpu(CoreRequest request, Stage stage, List<String> failures)
      throws CoreException, StageDiedException, IOException, InterruptedException {
    Step.Resource kind = request.operation().resource();
    String why = failures.isEmpty() ? gpus.why(kind) : String.join("; ", failures);
    if (!gpus.allowsCpu()) {
      throw new CoreException(
          CoreCode.GPU, "No GPU is left, and `gpu.cpu_fallback` is false: %s".formatted(why));
    }
    if (failures.isEmpty()) {
      stage.warn("%s runs on the CPU: %s".formatted(kind.key(), why));
    }
    stage.show("on the CPU: " + why);
    JsonNode result = stage.run(request, gpus.withoutGpu());
    return new Ran(result, where("on the CPU", List.of(why)));
  }

  private static String where(String on, List<String> failures) {
    return failures.isEmpty() ? on : "%s: %s".formatted(on, String.join("; ", failures));
  }
}
