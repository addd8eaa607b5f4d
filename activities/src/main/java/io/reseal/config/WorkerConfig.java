package io.reseal.config;

import io.reseal.plan.Step;
import io.reseal.sector.SectorId;
import io.reseal.sector.SectorSize;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A sealing host's {@code worker.toml}.
 *
 * @param file where it was read from
 * @param name the host's name: part of its queue names, shown in lists
 * @param localPiecesDirs directories with piece files, searched in this order
 * @param pieces where else to search for pieces, and how to download them
 * @param sealing the defaults for all threads
 * @param threads the sealing threads in the order of the file
 * @param others the file's other threads
 * @param attached the stores in the order of the file
 * @param limits how many steps of a kind may run at a time
 * @param processors where stage processes of a kind run; no entry if the file has none
 * @param labelling how sectors share cores in PC1
 * @param core where the sealing core's files are
 * @param gpu what happens to steps whose GPUs fail
 * @param watchdog when work that makes no progress is ended
 * @param scrub how copies in the stores are checked from time to time; empty if they are not
 * @param autoRepair whether a rebuild of a sector is started when such a check finds damage
 * @param metrics where the worker's metrics are served; empty if they are not
 * @param warnings one line for each key of the older system that has no effect here, and for each
 *     directory that is missing for now
 */
public record WorkerConfig(
    Path file,
    String name,
    List<Path> localPiecesDirs,
    PieceSettings pieces,
    Sealing sealing,
    List<SealingThread> threads,
    List<OtherThread> others,
    List<Attached> attached,
    Map<Step.Resource, Integer> limits,
    Map<Step.Resource, List<Processor>> processors,
    LabellingSettings labelling,
    Core core,
    Gpu gpu,
    WatchdogSettings watchdog,
    Optional<ScrubSettings> scrub,
    boolean autoRepair,
    Optional<ListenAddress> metrics,
    List<String> warnings) {

  /** The same with other settings for labelling. */
  public WorkerConfig withLabelling(LabellingSettings other) {
    return with(other, warnings);
  }

  /** The same with more warnings. */
  WorkerConfig withWarnings(List<String> more) {
    return with(labelling, Stream.concat(warnings.stream(), more.stream()).toList());
  }

  private WorkerConfig with(LabellingSettings otherLabelling, List<String> otherWarnings) {
    return new WorkerConfig(
        file,
        name,
        localPiecesDirs,
        pieces,
        sealing,
        threads,
        others,
        attached,
        limits,
        processors,
        otherLabelling,
        core,
        gpu,
        watchdog,
        scrub,
        autoRepair,
        metrics,
        otherWarnings);
  }

  /**
   * {@code [sealing]}, or a thread's own {@code sealing.*} overriding it.
   *
   * @param allowedMiners miners whose sectors are taken; empty for all
   * @param allowedSizes sector sizes that are taken; empty for all
   * @param maxRetries retries of a step; if empty, the installation's setting
   * @param recoverInterval wait before the first of them; if empty, the installation's setting
   */
  public record Sealing(
      Set<Long> allowedMiners,
      Set<SectorSize> allowedSizes,
      Optional<Integer> maxRetries,
      Optional<Duration> recoverInterval) {

    public boolean allows(SectorId sector, SectorSize size) {
      return (allowedMiners.isEmpty() || allowedMiners.contains(sector.miner()))
          && (allowedSizes.isEmpty() || allowedSizes.contains(size));
    }
  }

  /**
   * {@code [[sealing_thread]]}.
   *
   * @param index its place in the file, from 0
   * @param location its scratch directory, absolute
   * @param plan what it is for
   * @param sealing what it takes
   */
  public record SealingThread(int index, Path location, ThreadPlan plan, Sealing sealing) {}

  /**
   * {@code [[sealing_thread]]} without a location: one that computes WindowPoSt, which is nothing
   * that Reseal does.
   *
   * @param index its place in the file, from 0
   * @param plan what it is for
   */
  public record OtherThread(int index, ThreadPlan plan) {}

  /**
   * {@code [[attached]]}: a store for finished sectors.
   *
   * @param name for lists and messages; the location if none is set
   * @param location its directory, absolute
   * @param readonly whether nothing is ever stored there
   */
  public record Attached(String name, Path location, boolean readonly) {}

  /**
   * {@code [native]}.
   *
   * @param dir where the core's flavours are; if empty, beside the program
   * @param flavour which of them runs; if empty, the best one that works here
   * @param parentCache directory of the parent cache; if empty, the core's own default
   * @param parameterCache directory of the proof parameters; if empty, the core's own default
   * @param sdr whose code labels
   * @param pc2 whose code builds trees C and R
   */
  public record Core(
      Optional<Path> dir,
      Optional<Flavour> flavour,
      Optional<Path> parentCache,
      Optional<Path> parameterCache,
      Sdr sdr,
      Pc2 pc2) {

    /** Environment variable: where the proofs library finds its parent cache. */
    public static final String PARENT_CACHE = "FIL_PROOFS_PARENT_CACHE";

    /** Environment variable: where the proofs library finds its Groth16 parameters. */
    public static final String PARAMETER_CACHE = "FIL_PROOFS_PARAMETER_CACHE";

    private static final Path DEFAULT_PARENT_CACHE = Path.of("/var/tmp/filecoin-parents");

    /** Environment variable: whose code labels in the stage program. */
    static final String SDR = "RESEAL_SDR";

    /** Environment variable: whose code builds trees C and R in the stage program. */
    public static final String PC2 = "RESEAL_PC2";

    /**
     * The directory of the parent cache.
     *
     * @param env the process' environment
     */
    public Path parentCacheIn(Map<String, String> env) {
      return parentCache
          .or(() -> Optional.ofNullable(env.get(PARENT_CACHE)).map(Path::of))
          .orElse(DEFAULT_PARENT_CACHE);
    }

    /** As environment variables of the stage processes. */
    public Map<String, String> settings() {
      Map<String, String> settings = new HashMap<>();
      parentCache.ifPresent(dir -> settings.put(PARENT_CACHE, dir.toString()));
      parameterCache.ifPresent(dir -> settings.put(PARAMETER_CACHE, dir.toString()));
      settings.put(SDR, sdr.toString());
      settings.put(PC2, pc2.toString());
      return settings;
    }
  }

  /**
   * {@code [gpu]}.
   *
   * @param cpuFallback whether a step runs on the CPU when no GPU is left for it
   */
  public record Gpu(boolean cpuFallback) {}

  /** Reads and checks a file; all faults are in one {@link ConfigException}. */
  public static WorkerConfig load(Path file) {
    return new WorkerConfigReader(TomlFile.read(file.toAbsolutePath().normalize())).read();
  }

  /**
   * How many steps of a kind may run at a time: within its limit and its processors' capacity; if
   * neither is set, one for each sealing thread.
   */
  public int slots(Step.Resource resource) {
    return slots(resource, threads.size());
  }

  /**
   * The same with another default.
   *
   * @param otherwise how many if the file sets neither
   */
  public int slots(Step.Resource resource, int otherwise) {
    int limit = limits.getOrDefault(resource, Integer.MAX_VALUE);
    int least = Math.min(limit, room(resource));
    return least == Integer.MAX_VALUE ? otherwise : least;
  }

  /** Where stage processes of that kind run; empty if the file does not configure it. */
  public List<Processor> processorsOf(Step.Resource resource) {
    return processors.getOrDefault(resource, List.of());
  }

  /**
   * How many steps its processors take: each entry's processes; a process of PC1 labels a whole
   * group.
   */
  private int room(Step.Resource resource) {
    List<Processor> entries = processorsOf(resource);
    long sum = 0;
    for (Processor processor : entries) {
      sum += processor.concurrent().orElse(Integer.MAX_VALUE);
    }
    int inOne =
        resource == Step.Resource.PC1 && core.sdr() == Sdr.OWN ? labelling.sectorsOnACore() : 1;
    return entries.isEmpty() ? Integer.MAX_VALUE : (int) Math.min(sum * inOne, Integer.MAX_VALUE);
  }
}
