package io.reseal.config;

import io.reseal.config.WorkerConfig.Attached;
import io.reseal.config.WorkerConfig.Core;
import io.reseal.config.WorkerConfig.Gpu;
import io.reseal.config.WorkerConfig.OtherThread;
import io.reseal.config.WorkerConfig.Sealing;
import io.reseal.config.WorkerConfig.SealingThread;
import io.reseal.plan.Step;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Turns a {@code worker.toml} into a {@link WorkerConfig}. */
final class WorkerConfigReader {

  /**
   * The older system's port, reachable only from this machine unless the file sets another address.
   */
  private static final ListenAddress METRICS = new ListenAddress("127.0.0.1", 9000);

  private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9._-]{1,100}");

  private final TomlFile file;
  private final OlderKeys older;
  private final SealingKeys sealingKeys;

  WorkerConfigReader(TomlFile file) {
    this.file = file;
    this.older = new OlderKeys(file);
    this.sealingKeys = new SealingKeys(older);
  }

  WorkerConfig read() {
    WorkerConfig config = parse();
    WorkerConfigChecks checks = WorkerConfigChecks.of(config);
    checks.faults().forEach(file::fault);
    file.finish();
    return config.withWarnings(checks.warnings());
  }

  /** The keys that a file may have at its top level. */
  static Set<String> rootKeys() {
    TomlFile empty = TomlFile.of(Path.of("worker.toml"), "");
    new WorkerConfigReader(empty).parse();
    return empty.root().known();
  }

  private WorkerConfig parse() {
    TomlSection root = file.root();
    TomlSection worker = root.section("worker");
    String name = hostName(worker);
    List<Path> pieces = localPiecesDirs(worker);
    older.inWorker(worker);
    Sealing sealing = sealingKeys.read(root.section("sealing"), none());
    List<SealingThread> threads = new ArrayList<>();
    List<OtherThread> others = new ArrayList<>();
    readThreads(root, sealing, threads, others);
    List<Attached> attached = attached(root);
    TomlSection stages = root.section("processors");
    Map<Step.Resource, Integer> limits = limits(stages);
    Map<Step.Resource, List<Processor>> processors = new ProcessorKeys(file, older).read(stages);
    PieceSettings pieceSettings = new PieceKeys(file).read(root.section("pieces"));
    LabellingSettings labelling = LabellingKeys.read(root.section("labelling"));
    Core core = core(root.section("native"));
    Gpu gpu = new Gpu(root.section("gpu").flag("cpu_fallback").orElse(true));
    WatchdogSettings watchdog = WatchdogSettings.read(root.section("watchdog"));
    Optional<ScrubSettings> scrub = ScrubSettings.read(root.section("scrub"));
    boolean autoRepair = root.section("repair").flag("auto").orElse(false);
    Optional<ListenAddress> metrics = metrics(root.section("metrics"));
    older.inRoot(root);
    return new WorkerConfig(
        file.path(),
        name,
        pieces,
        pieceSettings,
        sealing,
        List.copyOf(threads),
        List.copyOf(others),
        attached,
        limits,
        processors,
        labelling,
        core,
        gpu,
        watchdog,
        scrub,
        autoRepair,
        metrics,
        file.warnings());
  }

  private String hostName(TomlSection worker) {
    Optional<String> given = worker.parsed("name", WorkerConfigReader::checkHostName);
    if (given.isPresent() || worker.has("name")) {
      return given.orElse("");
    }
    String machine = MachineName.get();
    try {
      return checkHostName(machine);
    } catch (IllegalArgumentException e) {
      file.fault(
          "%s has no `worker.name`, and the machine's own host name cannot be used: %s"
              .formatted(file.path(), e.getMessage()));
      return machine;
    }
  }

  private static String checkHostName(String name) {
    if (!HOST_NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "'%s' cannot be part of a queue's name: use 1 to 100 letters, digits, '.', '-' or '_'."
              .formatted(name));
    }
    return name;
  }

  private static List<Path> localPiecesDirs(TomlSection worker) {
    List<Path> dirs = new ArrayList<>(worker.paths("local_pieces_dirs"));
    worker.path("local_pieces_dir").ifPresent(dirs::add);
    return dirs.stream().distinct().toList();
  }

  private static Sealing none() {
    return new Sealing(Set.of(), Set.of(), Optional.empty(), Optional.empty());
  }

  private void readThreads(
      TomlSection root, Sealing sealing, List<SealingThread> threads, List<OtherThread> others) {
    int next = 0;
    for (TomlSection section : root.sections("sealing_thread")) {
      TomlSection own = section.section("sealing");
      ThreadPlan plan = section.parsed("plan", ThreadPlan::parse).orElse(ThreadPlan.SEALER);
      Sealing merged = sealingKeys.read(own, sealing);
      int index = next++;
      if (plan == ThreadPlan.WDPOST && !section.has("location")) {
        others.add(new OtherThread(index, plan));
      } else {
        location(section, "[[sealing_thread]] #" + index)
            .ifPresent(location -> threads.add(new SealingThread(index, location, plan, merged)));
      }
    }
  }

  private List<Attached> attached(TomlSection root) {
    List<Attached> attached = new ArrayList<>();
    int index = 0;
    for (TomlSection section : root.sections("attached")) {
      Optional<String> name = section.parsed("name", WorkerConfigReader::checkStoreName);
      boolean readonly = section.flag("readonly").orElse(false);
      location(section, "[[attached]] #" + index++)
          .ifPresent(
              location ->
                  attached.add(
                      new Attached(name.orElseGet(location::toString), location, readonly)));
    }
    return List.copyOf(attached);
  }

  private static String checkStoreName(String name) {
    if (name.isBlank()) {
      throw new IllegalArgumentException(
          "A store's name cannot be blank; leave the key out to use its path.");
    }
    return name;
  }

  private Optional<Path> location(TomlSection section, String owner) {
    if (!section.has("location")) {
      file.fault("%s in %s has no `location`, an absolute path.".formatted(owner, file.path()));
    }
    return section.path("location");
  }

  private Map<Step.Resource, Integer> limits(TomlSection processors) {
    TomlSection limitation = processors.section("limitation");
    TomlSection concurrent = limitation.section("concurrent");
    TomlSection old = processors.section("limit");
    Map<Step.Resource, Integer> limits = new EnumMap<>(Step.Resource.class);
    for (Step.Resource resource : Step.Resource.stages()) {
      old.count(resource.key(), 1).ifPresent(limit -> limits.put(resource, limit));
      concurrent.count(resource.key(), 1).ifPresent(limit -> limits.put(resource, limit));
    }
    older.inLimits(concurrent);
    older.inLimits(old);
    older.inProcessors(processors, limitation);
    return Map.copyOf(limits);
  }

  private static Core core(TomlSection section) {
    return new Core(
        section.path("dir"),
        section.parsed("flavour", Flavour::choice).orElse(Optional.empty()),
        section.path("parent_cache"),
        section.path("parameter_cache"),
        section.parsed("sdr", Sdr::parse).orElse(Sdr.OWN),
        section.parsed("pc2", Pc2::parse).orElse(Pc2.AUTO));
  }

  private static Optional<ListenAddress> metrics(TomlSection section) {
    boolean enabled = section.flag("enable").orElse(false);
    ListenAddress address = section.parsed("http_listen", ListenAddress::parse).orElse(METRICS);
    return enabled ? Optional.of(address) : Optional.empty();
  }
}
