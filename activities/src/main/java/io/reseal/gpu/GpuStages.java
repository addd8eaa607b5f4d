package io.reseal.gpu;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.core.Assignment;
import io.reseal.core.CoreCode;
import io.reseal.core.CoreException;
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
 * Runs the stages that a GPU does: on one; where that fails, on another one; where there is none or
 * that fails too, on the CPU. A GPU that fails is taken out.
 */
public final class GpuStages {

  /** On so many GPUs a stage is tried: what fails on two is likely to fail on all. */
  private static final int MOST_GPUS = 2;

  /** One stage of a step. */
  public interface Stage {

    /** Runs it, from its beginning. */
    JsonNode run(Assignment assignment)
        throws CoreException, StageDiedException, IOException, InterruptedException;

    /** Waits for a GPU, as long as the step is wanted. */
    <T> T waiting(Wait<T> wait) throws Exception;

    /** Tells what it does now. */
    void tell(String line);

    /** Tells people what went wrong and did not end the step. */
    void warn(String line);
  }

  /** What waits for a GPU. */
  public interface Wait<T> {
    T get() throws IOException, InterruptedException;
  }

  /**
   * What came of a stage.
   *
   * @param result the core's
   * @param where on what it ran, for people: {@code on GPU 0 (NVIDIA H100)}; empty on a host whose
   *     core uses no GPUs
   */
  public record Ran(JsonNode result, String where) {}

  private final AllowedGpus gpus;

  public GpuStages(AllowedGpus gpus) {
    this.gpus = gpus;
  }

  /** Runs a stage of that kind. */
  public Ran run(Step.Resource kind, Stage stage) throws Exception {
    if (!gpus.serve(kind)) {
      return new Ran(stage.run(gpus.withoutGpu()), "");
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
        Optional<JsonNode> result = onGpu(lease, kind, stage, failures);
        if (result.isPresent()) {
          return new Ran(result.get(), where("on " + lease.gpu(), failures));
        }
      }
      gpus.look();
    }
    return onTheCpu(kind, stage, failures);
  }

  /** Nothing where the GPU failed: it is marked before anybody else can have it. */
  private Optional<JsonNode> onGpu(
      GpuPool.Lease lease, Step.Resource kind, Stage stage, List<String> failures)
      throws CoreException, StageDiedException, IOException, InterruptedException {
    stage.tell("on " + lease.gpu());
    boolean ended = false;
    try {
      JsonNode result = stage.run(AllowedGpus.assignment(lease.gpu(), lease.directory()));
      ended = true;
      return Optional.of(result);
    } catch (CoreException | StageDiedException e) {
      if (!GpuFault.is(e)) {
        throw e;
      }
      failures.add(takeOut(lease, kind, stage, e.getMessage()));
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
    String line = "%s is taken out, %s".formatted(lease.gpu(), reason);
    stage.warn(line);
    return line;
  }

  /** One that has come since the host was looked at does too. */
  private Optional<GpuPool.Lease> take(Step.Resource kind, Set<Gpu> tried, Stage stage)
      throws Exception {
    return stage.waiting(
        () -> {
          Optional<GpuPool.Lease> taken = gpus.take(kind, tried, stage::tell);
          if (taken.isPresent() || !tried.isEmpty()) {
            return taken;
          }
          gpus.look();
          return gpus.take(kind, tried, stage::tell);
        });
  }

  private Ran onTheCpu(Step.Resource kind, Stage stage, List<String> failures) throws Exception {
    String why = failures.isEmpty() ? gpus.why(kind) : String.join("; ", failures);
    if (!gpus.allowsCpu()) {
      throw new CoreException(
          CoreCode.GPU, "No GPU is left, and `gpu.cpu_fallback` is false: %s".formatted(why));
    }
    if (failures.isEmpty()) {
      stage.warn("%s runs on the CPU: %s".formatted(kind.key(), why));
    }
    stage.tell("on the CPU: " + why);
    JsonNode result = stage.run(gpus.withoutGpu());
    return new Ran(result, where("on the CPU", List.of(why)));
  }

  private static String where(String on, List<String> failures) {
    return failures.isEmpty() ? on : "%s: %s".formatted(on, String.join("; ", failures));
  }
}
