package io.reseal.doctor;

import io.reseal.config.ByteSizes;
import io.reseal.config.ConfigException;
import io.reseal.config.HotFile;
import io.reseal.config.ThreadPlan;
import io.reseal.config.WorkerConfig;
import io.reseal.files.FileType;
import io.reseal.files.PlannedDirectory;
import io.reseal.files.Scratch;
import io.reseal.files.SectorKind;
import io.reseal.files.Store;
import io.reseal.files.Stores;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorSize;
import io.reseal.threads.ThreadMark;
import io.reseal.worker.LocationLock;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/** Checks scratch locations, stores and the parent cache. Removes the files it writes as a test. */
final class DiskCheck {

  /** The parent cache is seven quarters of a sector: 56 GiB for 32 GiB. */
  private static final int PARENT_CACHE_QUARTERS = 7;

  /** All types of a finished sector's files. */
  private static final List<FileType> ALL =
      new SectorKind(SealProof.KIB_2_V1_1, true).storedTypes();

  private final WorkerConfig config;
  private final Map<String, String> env;

  DiskCheck(WorkerConfig config, Map<String, String> env) {
    this.config = config;
    this.env = env;
  }

  List<CheckResult> examine() {
    List<CheckResult> findings = new ArrayList<>();
    for (WorkerConfig.SealingThread thread : config.threads()) {
      String subject = "scratch #" + thread.index();
      try {
        scratch(findings, subject, thread);
      } catch (IOException e) {
        findings.add(CheckResult.problem(subject, "%s; repair that disk".formatted(e)));
      }
    }
    config
        .others()
        .forEach(
            thread ->
                findings.add(
                    CheckResult.ok(
                        "thread #" + thread.index(),
                        "plan %s: it takes no rebuilds".formatted(thread.plan()))));
    List<Store> stores = Stores.of(config).all();
    stores.forEach(store -> store(findings, store));
    if (stores.stream().noneMatch(store -> store.fault().isPresent())) {
      findings.addAll(new StoreTypesCheck(stores).examine());
    }
    parentCache(findings);
    return findings;
  }

  private void scratch(List<CheckResult> findings, String subject, WorkerConfig.SealingThread main)
      throws IOException {
    HotFile.Reading hot = new HotFile(main).read();
    if (hot.fault() != null) {
      findings.add(
          CheckResult.problem(
              subject, "%s The thread takes nothing until that is fixed".formatted(hot.fault())));
      return;
    }
    hot.warnings().forEach(warning -> findings.add(CheckResult.warning(subject, warning)));
    WorkerConfig.SealingThread thread = hot.thread();
    Path location = thread.location();
    if (thread.plan() != ThreadPlan.REBUILD) {
      findings.add(
          CheckResult.ok(subject, "plan %s: it takes no rebuilds".formatted(thread.plan())));
      return;
    }
    if (!Files.isDirectory(location)) {
      findings.add(
          CheckResult.problem(
              subject, "%s is not a directory; create it or mount its disk".formatted(location)));
      return;
    }
    tryWriting(location);
    ThreadMark.faulted(location)
        .read()
        .ifPresent(
            mark ->
                findings.add(
                    CheckResult.problem(
                        subject,
                        "%s That was on %s; the thread is marked: fix it, then resume the thread (reseal worker resume)"
                            .formatted(mark.reason(), Instant.ofEpochMilli(mark.at())))));
    Scratch scratch = new Scratch(location);
    long room = scratch.freeBytes() + scratch.claimedBytes();
    findings.add(
        Sizes.of(thread)
            .judge(
                subject,
                "%s with room for %s".formatted(location, ByteSizes.text(room)),
                size -> Scratch.requiredBytes(plain(size)),
                room,
                "make room, or let the thread take smaller sectors"));
    List<Path> foreign = scratch.foreign();
    if (!foreign.isEmpty()) {
      findings.add(
          CheckResult.warning(
              subject,
              "%d files or directories there do not belong to Reseal and are left alone (e.g. %s); this thread cannot rebuild sectors of these names: move them away"
                  .formatted(foreign.size(), foreign.get(0))));
    }
    for (WorkerConfig.Attached store : config.attached()) {
      if (!store.readonly() && sameDisk(location, store.location())) {
        findings.add(
            CheckResult.warning(
                subject,
                "%s is on the same file system as store \"%s\": a sector needs room there twice until its scratch files are removed"
                    .formatted(location, store.name())));
      }
    }
  }

  private void store(List<CheckResult> findings, Store store) {
    String subject = "store \"%s\"".formatted(store.name());
    Optional<String> fault = store.fault();
    if (fault.isPresent()) {
      findings.add(
          CheckResult.problem(subject, "%s; fix that, or detach the store".formatted(fault.get())));
    } else if (store.readonly()) {
      findings.add(CheckResult.ok(subject, "readable; readonly, so nothing is written there"));
    } else if (store.takes(ALL).isEmpty()) {
      findings.add(
          CheckResult.ok(
              subject,
              "readable; %s lets no files of finished sectors in, so nothing is written there"
                  .formatted(store.policyFile())));
    } else {
      findings.add(
          Sizes.of(config)
              .judge(
                  subject,
                  "writable, %s free%s%s"
                      .formatted(ByteSizes.text(store.freeBytes()), unfinished(store), only(store)),
                  size -> Store.keptBytes(size, store.takes(plain(size).storedTypes())),
                  store.freeBytes(),
                  "make room, or attach another store"));
    }
  }

  /** Which files it takes if it does not take all, as a suffix. */
  private static String only(Store store) {
    List<FileType> taken = store.takes(ALL);
    return taken.size() == ALL.size()
        ? ""
        : ", takes only %s files"
            .formatted(taken.stream().map(FileType::folder).collect(Collectors.joining(", ")));
  }

  /** What lies in the store unfinished, as a suffix. */
  private static String unfinished(Store store) {
    try {
      long bytes = store.incomingBytes();
      return bytes == 0
          ? ""
          : ", %s in copies that are under way or were interrupted"
              .formatted(ByteSizes.text(bytes));
    } catch (IOException e) {
      return "";
    }
  }

  /** The kind of most sectors; a snapped one needs more. */
  private static SectorKind plain(SectorSize size) {
    return new SectorKind(HostCore.proofOf(size), false);
  }

  private void parentCache(List<CheckResult> findings) {
    Path dir = config.core().parentCacheIn(env);
    try {
      tryWriting(PlannedDirectory.existing(dir));
      long there = Files.isDirectory(dir) ? largestFile(dir) : 0;
      long free = PlannedDirectory.freeBytes(dir);
      findings.add(
          Sizes.of(config)
              .judge(
                  "parent cache",
                  "%s with %s free".formatted(dir, ByteSizes.text(free)),
                  size -> parentCacheBytes(size) <= there ? 0 : parentCacheBytes(size),
                  free,
                  "make room, or set another directory in [native] parent_cache"));
    } catch (IOException e) {
      findings.add(
          CheckResult.problem(
              "parent cache",
              "%s cannot be written to (%s); fix that, or set another directory in [native] parent_cache"
                  .formatted(dir, e)));
    }
  }

  private static long parentCacheBytes(SectorSize size) {
    return size.bytes() / 4 * PARENT_CACHE_QUARTERS;
  }

  private static long largestFile(Path dir) throws IOException {
    try (var files = Files.list(dir)) {
      return files.map(Path::toFile).mapToLong(java.io.File::length).max().orElse(0);
    }
  }

  private static void tryWriting(Path dir) throws IOException {
    Path probe = dir.resolve(".reseal-probe-" + UUID.randomUUID());
    Files.createFile(probe);
    Files.delete(probe);
  }

  private static boolean sameDisk(Path one, Path other) {
    try {
      FileStore first = Files.getFileStore(one);
      return first.equals(Files.getFileStore(other));
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether a worker runs on this machine with that file. */
  static boolean workerRuns(WorkerConfig config) {
    for (WorkerConfig.SealingThread thread : config.threads()) {
      try {
        if (LocationLock.isHeld(thread.location())) {
          return true;
        }
      } catch (IOException e) {
        throw new ConfigException(
            "The lock in %s cannot be read (%s); fix its permissions."
                .formatted(thread.location(), e));
      }
    }
    return false;
  }
}
