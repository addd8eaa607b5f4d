package io.reseal.config;

import io.reseal.plan.Step;
import io.reseal.sector.SectorId;
import io.reseal.sector.SectorSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A sealing host's {@code worker.toml}.
 *
 * @param file where it was read from
 * @param name the host's name: part of its queue names, shown in lists
 * @param localPiecesDirs directories with piece files, asked in this order
 * @param pieces where else pieces are looked for, and how they are fetched
 * @param sealing what holds for all threads unless they say otherwise
 * @param threads the sealing threads in the order of the file
 * @param attached the stores in the order of the file
 * @param limits steps of a kind that may run at a time
 * @param processors where stage processes of a kind run; nothing where the file says nothing
 * @param labelling how sectors share cores in PC1
 * @param core where the sealing core's files are
 * @param gpu what becomes of steps whose GPUs fail
 * @param metrics where the worker's metrics are served; empty where they are not
 * @param warnings one line for each key that the older system knows and that has no effect here
 */
public record WorkerConfig(
    Path file,
    String name,
    List<Path> localPiecesDirs,
    PieceSettings pieces,
    Sealing sealing,
    List<SealingThread> threads,
    List<Attached> attached,
    Map<Step.Resource, Integer> limits,
    Map<Step.Resource, List<Processor>> processors,
    LabellingSettings labelling,
    Core core,
    Gpu gpu,
    Optional<ListenAddress> metrics,
    List<String> warnings) {

  /**
   * {@code [sealing]}, or a thread's own {@code sealing.*} laid over it.
   *
   * @param allowedMiners miners whose sectors are taken; empty for all
   * @param allowedSizes sector sizes that are taken; empty for all
   * @param maxRetries retries of a step; where empty, the installation says
   * @param recoverInterval wait before the first of them; where empty, the installation says
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
   * {@code [[attached]]}: a store for finished sectors.
   *
   * @param name for lists and messages; the location where none is given
   * @param location its directory, absolute
   * @param readonly whether nothing is ever put there
   */
  public record Attached(String name, Path location, boolean readonly) {}

  /**
   * {@code [native]}.
   *
   * @param dir where the core's flavours lie; where empty, beside the program
   * @param flavour which of them runs; where empty, the best that does
   * @param parentCache directory of the parent cache; where empty, the core's own default
   * @param parameterCache directory of the proof parameters; where empty, the core's own default
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

    /** Where the proofs library finds its parent cache. */
    public static final String PARENT_CACHE = "FIL_PROOFS_PARENT_CACHE";

    /** Where the proofs library finds its Groth16 parameters. */
    public static final String PARAMETER_CACHE = "FIL_PROOFS_PARAMETER_CACHE";

    /** Tells the stage program whose code labels. */
    static final String SDR = "RESEAL_SDR";

    /** Tells the stage program whose code builds trees C and R. */
    public static final String PC2 = "RESEAL_PC2";

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

  /** Reads and checks a file; everything wrong with it comes in one {@link ConfigException}. */
  public static WorkerConfig load(Path file) {
    return new WorkerConfigReader(TomlFile.read(file.toAbsolutePath().normalize())).read();
  }

  /**
   * Steps of a kind that may run at a time: as limited, and as many as its processors take, else
   * one for each sealing thread.
   */
  public int slots(Step.Resource resource) {
    return slots(resource, threads.size());
  }

  /**
   * The same with another default.
   *
   * @param otherwise how many where the file says neither
   */
  public int slots(Step.Resource resource, int otherwise) {
    int limit = limits.getOrDefault(resource, Integer.MAX_VALUE);
    int least = Math.min(limit, room(resource));
    return least == Integer.MAX_VALUE ? otherwise : least;
  }

  /** Where stage processes of that kind run; nothing where the file says nothing. */
  public List<Processor> processorsOf(Step.Resource resource) {
    return processors.getOrDefault(resource, List.of());
  }

  /** Steps that its processors take: each its processes, of which those of PC1 label a group. */
  private int room(Step.Resource resource) {
    List<Processor> entries = processorsOf(resource);
    long sum = 0;
    for (Processor processor : entries) {
      sum += processor.concurrent().orElse(Integer.MAX_VALUE);
    }
    int inOne = resource == Step.Resource.PC1 && core.sdr() == Sdr.OWN ? labelling.group() : 1;
    return entries.isEmpty() ? Integer.MAX_VALUE : (int) Math.min(sum * inOne, Integer.MAX_VALUE);
  }

  /** Checks what no single key can tell; all faults come in one {@link ConfigException}. */
  public void validate() {
    List<String> faults = faults();
    if (!faults.isEmpty()) {
      throw new ConfigException(faults);
    }
  }

  List<String> faults() {
    List<String> faults = new ArrayList<>();
    checkPresence(faults);
    checkDirectories(faults);
    checkNames(faults);
    checkOverlaps(faults);
    return faults;
  }

  private void checkPresence(List<String> faults) {
    if (threads.isEmpty()) {
      faults.add(
          "%s has no sealing thread; add a [[sealing_thread]] with its location and plan = \"rebuild\"."
              .formatted(file));
    }
    if (attached.isEmpty()) {
      faults.add(
          "%s names no store; add an [[attached]] with its location, for finished sectors."
              .formatted(file));
    } else if (attached.stream().allMatch(Attached::readonly)
        && threads.stream().anyMatch(thread -> thread.plan() == ThreadPlan.REBUILD)) {
      faults.add(
          "Every store in %s is readonly, so a rebuilt sector has no place to go; add a writable"
                  .formatted(file)
              + " [[attached]].");
    }
  }

  private void checkDirectories(List<String> faults) {
    for (SealingThread thread : threads) {
      requireDirectory(faults, thread.location(), thread(thread));
    }
    for (Attached store : attached) {
      requireDirectory(faults, store.location(), store(store));
    }
    for (Path dir : localPiecesDirs) {
      requireDirectory(faults, dir, "`worker.local_pieces_dirs`");
    }
    pieces.cache().ifPresent(dir -> requireDirectory(faults, dir, "`pieces.cache`"));
    core.dir().ifPresent(dir -> requireDirectory(faults, dir, "`native.dir`"));
    core.parentCache().ifPresent(dir -> requireDirectory(faults, dir, "`native.parent_cache`"));
    core.parameterCache()
        .ifPresent(dir -> requireDirectory(faults, dir, "`native.parameter_cache`"));
  }

  private void requireDirectory(List<String> faults, Path dir, String owner) {
    if (Files.isDirectory(dir)) {
      return;
    }
    faults.add(
        Files.exists(dir)
            ? "%s of %s is no directory; name a directory in %s.".formatted(dir, owner, file)
            : "The directory %s of %s does not exist; create it, mount its disk, or mend %s."
                .formatted(dir, owner, file));
  }

  private void checkNames(List<String> faults) {
    Map<String, Attached> byName = new HashMap<>();
    for (Attached store : attached) {
      Attached other = byName.putIfAbsent(store.name(), store);
      if (other != null) {
        faults.add(
            "Two stores in %s have the name \"%s\" (%s and %s); give each its own."
                .formatted(file, store.name(), other.location(), store.location()));
      }
    }
  }

  private void checkOverlaps(List<String> faults) {
    for (int i = 0; i < threads.size(); i++) {
      SealingThread thread = threads.get(i);
      for (SealingThread other : threads.subList(0, i)) {
        if (real(thread.location()).equals(real(other.location()))) {
          faults.add(
              "%s and %s in %s share the location %s; give each thread a directory of its own."
                  .formatted(thread(other), thread(thread), file, thread.location()));
        }
      }
      for (Attached store : attached) {
        checkApart(faults, thread, store);
      }
    }
    pieces.cache().ifPresent(cache -> checkCacheApart(faults, cache));
    for (int i = 0; i < attached.size(); i++) {
      for (Attached other : attached.subList(0, i)) {
        if (real(attached.get(i).location()).equals(real(other.location()))) {
          faults.add(
              "%s and %s in %s are the same directory %s; name it once."
                  .formatted(
                      store(other), store(attached.get(i)), file, attached.get(i).location()));
        }
      }
    }
  }

  /** A rebuild's scratch files carry the same names as stored ones and must never meet them. */
  private void checkApart(List<String> faults, SealingThread thread, Attached store) {
    if (areInsideEachOther(thread.location(), store.location())) {
      faults.add(
          "The location %s of %s and %s at %s lie inside each other; give the thread a directory"
                  .formatted(thread.location(), thread(thread), store(store), store.location())
              + " outside every store.");
    }
  }

  /** The cache removes what nobody needs any more, so it must hold nothing but its own copies. */
  private void checkCacheApart(List<String> faults, Path cache) {
    for (Path dir : localPiecesDirs) {
      checkCacheApart(faults, cache, dir, "`worker.local_pieces_dirs`");
    }
    for (SealingThread thread : threads) {
      checkCacheApart(faults, cache, thread.location(), thread(thread));
    }
    for (Attached store : attached) {
      checkCacheApart(faults, cache, store.location(), store(store));
    }
  }

  private void checkCacheApart(List<String> faults, Path cache, Path dir, String owner) {
    if (areInsideEachOther(cache, dir)) {
      faults.add(
          "`pieces.cache` %s and %s of %s in %s lie inside each other; give the cache a directory of its own."
              .formatted(cache, dir, owner, file));
    }
  }

  private static String thread(SealingThread thread) {
    return "sealing thread #" + thread.index();
  }

  private static String store(Attached store) {
    return "store \"" + store.name() + "\"";
  }

  private static boolean areInsideEachOther(Path one, Path other) {
    return real(one).startsWith(real(other)) || real(other).startsWith(real(one));
  }

  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path;
    }
  }
}
