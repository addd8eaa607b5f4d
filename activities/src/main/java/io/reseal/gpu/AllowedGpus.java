package io.reseal.gpu;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.config.Flavour;
import io.reseal.config.Pc2;
import io.reseal.config.Processor;
import io.reseal.config.WorkerConfig;
import io.reseal.core.Assignment;
import io.reseal.core.Gpu;
import io.reseal.core.HostGpus;
import io.reseal.plan.Step;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A host's GPUs, and which of them its file allows to which stages. */
public final class AllowedGpus {

  private static final Logger LOG = LoggerFactory.getLogger(AllowedGpus.class);

  /** Keeps a core that is built for GPUs from using one. */
  private static final Map<String, String> ON_THE_CPU =
      Map.of(
          "CUDA_VISIBLE_DEVICES", "",
          "BELLMAN_NO_GPU", "1",
          "FIL_PROOFS_USE_GPU_COLUMN_BUILDER", "false",
          "FIL_PROOFS_USE_GPU_TREE_BUILDER", "false");

  private static final List<Step.Resource> STAGES =
      Step.Resource.stages().stream().filter(Step.Resource::mayUseGpu).toList();

  /** The settings of PC2 under which the library builds trees C and R on a GPU. */
  private static final Set<Pc2> TREES_ON_GPUS = EnumSet.of(Pc2.AUTO, Pc2.GPU);

  private final WorkerConfig config;
  private final boolean used;
  private final Assignment withoutGpu;
  private final Supplier<HostGpus> driver;
  private final GpuPool pool;

  /** Counts for every GPU seen so far and every stage that may run on one. */
  private final Map<FailedOn, LongAdder> faults = new ConcurrentHashMap<>();

  private volatile HostGpus present;

  /** A stage of that kind on that GPU. */
  public record FailedOn(Gpu gpu, Step.Resource stage) {}

  /**
   * Starts with the GPUs that were found.
   *
   * @param flavour the core's flavour; a CPU flavour never uses GPUs
   * @param present the GPUs found at the start
   * @param driver asks for the GPUs that are there now
   */
  public AllowedGpus(
      WorkerConfig config, Flavour flavour, HostGpus present, Supplier<HostGpus> driver) {
    this.config = config;
    this.used = flavour.onGpu();
    this.withoutGpu = withoutGpu(flavour, config.core().pc2());
    this.driver = driver;
    this.pool = new GpuPool(gpu -> GpuDirectory.of(config, gpu));
    set(present);
    missing(config, present).forEach(LOG::warn);
  }

  /**
   * The assignment of stage processes that run without a GPU.
   *
   * @param flavour the core's flavour
   * @param pc2 which code builds the trees
   */
  public static Assignment withoutGpu(Flavour flavour, Pc2 pc2) {
    if (!flavour.onGpu()) {
      return Assignment.NONE;
    }
    Map<String, String> environment = new HashMap<>(ON_THE_CPU);
    if (pc2 == Pc2.GPU) {
      // The flavour CPU, which may run it, rejects that setting.
      environment.put(WorkerConfig.Core.PC2, Pc2.CPU.toString());
    }
    return Assignment.of(environment);
  }

  Assignment withoutGpu() {
    return withoutGpu;
  }

  /** Asks the driver which GPUs there are now. */
  void look() {
    set(driver.get());
  }

  private void set(HostGpus gpus) {
    present = gpus;
    pool.set(gpus.gpus());
    for (Gpu gpu : gpus.gpus()) {
      STAGES.forEach(stage -> faults.putIfAbsent(new FailedOn(gpu, stage), new LongAdder()));
    }
  }

  /** The state of each GPU. */
  public List<GpuState> states() {
    return GpuState.of(config, present, pool::isInUse);
  }

  /** The GPUs that the driver last reported. */
  public HostGpus present() {
    return present;
  }

  /** Counts a fault: this GPU failed during a stage of this kind. */
  void failed(Gpu gpu, Step.Resource stage) {
    faults.computeIfAbsent(new FailedOn(gpu, stage), key -> new LongAdder()).increment();
  }

  /** How often each GPU was taken out of service for which stage, since this process started. */
  public Map<FailedOn, Long> faults() {
    return faults.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, count -> count.getValue().sum()));
  }

  /** The GPUs that the host's file names and the host does not have: one sentence each. */
  public static List<String> missing(WorkerConfig config, HostGpus present) {
    List<String> missing = new ArrayList<>();
    for (Step.Resource stage : STAGES) {
      for (Processor processor : config.processorsOf(stage)) {
        processor.devices().orElse(List.of()).stream()
            .filter(name -> present.gpus().stream().noneMatch(gpu -> gpu.isNamed(name)))
            .forEach(
                name ->
                    missing.add(
                        "[[processors.%s]] names GPU %s, but this host has no such GPU"
                            .formatted(stage.key(), name)));
      }
    }
    return missing;
  }

  /** Whether stages of that kind should run on a GPU, even if none is there now. */
  boolean serve(Step.Resource stage) {
    List<Processor> processors = config.processorsOf(stage);
    return used
        && stage.mayUseGpu()
        && (stage == Step.Resource.C2 || TREES_ON_GPUS.contains(config.core().pc2()))
        && (processors.isEmpty() || processors.stream().anyMatch(AllowedGpus::hasSome));
  }

  private static boolean hasSome(Processor processor) {
    return processor.devices().map(devices -> !devices.isEmpty()).orElse(true);
  }

  /** How many stages of that kind can run on GPUs at a time; empty if none can. */
  public OptionalInt slots(Step.Resource stage) {
    int allowed = serve(stage) ? allowed(stage).size() : 0;
    return allowed == 0 ? OptionalInt.empty() : OptionalInt.of(allowed);
  }

  private List<Gpu> allowed(Step.Resource stage) {
    return pool.gpus().stream().filter(allows(stage)).toList();
  }

  private Predicate<Gpu> allows(Step.Resource stage) {
    List<Processor> processors = config.processorsOf(stage);
    return gpu ->
        processors.isEmpty() || processors.stream().anyMatch(processor -> allows(processor, gpu));
  }

  private static boolean allows(Processor processor, Gpu gpu) {
    return processor.allowsGpu(gpu.index(), gpu.uuid());
  }

  boolean allowsCpu() {
    return config.gpu().cpuFallback();
  }

  String host() {
    return config.name();
  }

  /**
   * A GPU for a stage of that kind.
   *
   * @param tried the GPUs that the stage has already tried
   */
  Optional<GpuPool.Lease> take(Step.Resource stage, Set<Gpu> tried, Consumer<String> waiting)
      throws IOException, InterruptedException {
    return pool.take(allows(stage).and(gpu -> !tried.contains(gpu)), waiting);
  }

  /** The assignment of a stage process that has this GPU. */
  static Assignment assignment(Gpu gpu, GpuDirectory directory) throws IOException {
    ObjectNode fields = new ObjectMapper().createObjectNode();
    fields.putObject("gpu").put("uuid", gpu.uuid()).put("memory", gpu.memory());
    return new Assignment(
        true,
        Map.of(
            "BELLMAN_NO_GPU", "0",
            "HOME", directory.home().toString(),
            "TMPDIR", directory.temporary().toString()),
        fields,
        processor -> allows(processor, gpu));
  }

  /** Why a stage of that kind has no GPU: the end of a sentence. */
  String why(Step.Resource stage) throws IOException {
    List<String> reasons = new ArrayList<>();
    for (Gpu gpu : allowed(stage)) {
      GpuDirectory.of(config, gpu)
          .mark()
          .ifPresent(
              mark -> reasons.add("%s is taken out of service: %s".formatted(gpu, mark.reason())));
    }
    if (!reasons.isEmpty()) {
      return String.join("; ", reasons);
    }
    return present.gpus().isEmpty()
        ? "there is no GPU: " + present.why().orElse("the driver reports none")
        : "the host has none of the GPUs that [[processors.%s]] names".formatted(stage.key());
  }
}
