package io.reseal.config;

import io.reseal.config.WorkerConfig.Attached;
import io.reseal.config.WorkerConfig.SealingThread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Checks a host's file for faults that no single key shows: what is missing, or in conflict. */
final class WorkerConfigChecks {

  private final WorkerConfig config;
  private final List<String> faults = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  private WorkerConfigChecks(WorkerConfig config) {
    this.config = config;
  }

  static WorkerConfigChecks of(WorkerConfig config) {
    WorkerConfigChecks checks = new WorkerConfigChecks(config);
    checks.checkPresence();
    checks.checkDirectories();
    checks.checkNames();
    checks.checkOverlaps();
    return checks;
  }

  /** One line for each fault. */
  List<String> faults() {
    return List.copyOf(faults);
  }

  /** One line for each directory that is missing and that the rest of the host can do without. */
  List<String> warnings() {
    return List.copyOf(warnings);
  }

  private void checkPresence() {
    if (config.threads().isEmpty()) {
      faults.add(
          "%s has no sealing thread; add a [[sealing_thread]] with its location and plan = \"rebuild\"."
              .formatted(config.file()));
    }
    if (config.attached().isEmpty()) {
      faults.add(
          "%s names no store; add an [[attached]] with its location, for finished sectors."
              .formatted(config.file()));
    } else if (config.attached().stream().allMatch(Attached::readonly)
        && config.threads().stream().anyMatch(thread -> thread.plan() == ThreadPlan.REBUILD)) {
      faults.add(
          "Every store in %s is readonly, so a rebuilt sector has no place to go; add a writable"
                  .formatted(config.file())
              + " [[attached]].");
    }
  }

  private void checkDirectories() {
    for (SealingThread thread : config.threads()) {
      expectDirectory(thread.location(), thread(thread));
    }
    for (Attached store : config.attached()) {
      expectDirectory(store.location(), store(store));
    }
    for (Path dir : config.localPiecesDirs()) {
      expectDirectory(dir, "`worker.local_pieces_dirs`");
    }
    config.pieces().cache().ifPresent(dir -> expectDirectory(dir, "`pieces.cache`"));
    config.core().dir().ifPresent(dir -> requireDirectory(dir, "`native.dir`"));
    config.core().parentCache().ifPresent(dir -> requireDirectory(dir, "`native.parent_cache`"));
    config
        .core()
        .parameterCache()
        .ifPresent(dir -> requireDirectory(dir, "`native.parameter_cache`"));
  }

  /** A directory whose disk may be away for a while. */
  private void expectDirectory(Path dir, String owner) {
    if (Files.exists(dir)) {
      requireDirectory(dir, owner);
    } else {
      warnings.add(missing(dir, owner) + " It is used as soon as it is there.");
    }
  }

  private void requireDirectory(Path dir, String owner) {
    if (!Files.exists(dir)) {
      faults.add(missing(dir, owner));
    } else if (!Files.isDirectory(dir)) {
      faults.add(
          "%s of %s is not a directory; name a directory in %s."
              .formatted(dir, owner, config.file()));
    }
  }

  private String missing(Path dir, String owner) {
    return "The directory %s of %s does not exist; create it, mount its disk, or correct %s."
        .formatted(dir, owner, config.file());
  }

  private void checkNames() {
    Map<String, Attached> byName = new HashMap<>();
    for (Attached store : config.attached()) {
      Attached other = byName.putIfAbsent(store.name(), store);
      if (other != null) {
        faults.add(
            "Two stores in %s have the name \"%s\" (%s and %s); give each its own."
                .formatted(config.file(), store.name(), other.location(), store.location()));
      }
    }
  }

  private void checkOverlaps() {
    for (int i = 0; i < config.threads().size(); i++) {
      SealingThread thread = config.threads().get(i);
      for (SealingThread other : config.threads().subList(0, i)) {
        if (real(thread.location()).equals(real(other.location()))) {
          faults.add(
              "%s and %s in %s share the location %s; give each thread its own directory."
                  .formatted(thread(other), thread(thread), config.file(), thread.location()));
        }
      }
      for (Attached store : config.attached()) {
        checkApart(thread, store);
      }
    }
    config.pieces().cache().ifPresent(cache -> checkCacheApart(cache));
    for (int i = 0; i < config.attached().size(); i++) {
      for (Attached other : config.attached().subList(0, i)) {
        if (real(config.attached().get(i).location()).equals(real(other.location()))) {
          faults.add(
              "%s and %s in %s are the same directory %s; name it once."
                  .formatted(
                      store(other),
                      store(config.attached().get(i)),
                      config.file(),
                      config.attached().get(i).location()));
        }
      }
    }
  }

  /**
   * A rebuild's scratch files have the same names as stored ones, so they must be in separate
   * directories.
   */
  private void checkApart(SealingThread thread, Attached store) {
    if (areInsideEachOther(thread.location(), store.location())) {
      faults.add(
          "The location %s of %s and %s at %s lie inside each other; give the thread a directory"
                  .formatted(thread.location(), thread(thread), store(store), store.location())
              + " outside every store.");
    }
  }

  /** The cache removes files that are no longer needed, so it must hold only its own copies. */
  private void checkCacheApart(Path cache) {
    for (Path dir : config.localPiecesDirs()) {
      checkCacheApart(cache, dir, "`worker.local_pieces_dirs`");
    }
    for (SealingThread thread : config.threads()) {
      checkCacheApart(cache, thread.location(), thread(thread));
    }
    for (Attached store : config.attached()) {
      checkCacheApart(cache, store.location(), store(store));
    }
  }

  private void checkCacheApart(Path cache, Path dir, String owner) {
    if (areInsideEachOther(cache, dir)) {
      faults.add(
          "`pieces.cache` %s and %s of %s in %s lie inside each other; give the cache its own directory."
              .formatted(cache, dir, owner, config.file()));
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
