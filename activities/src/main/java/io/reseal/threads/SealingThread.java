package io.reseal.threads;

import io.reseal.config.HotFile;
import io.reseal.config.ThreadPlan;
import io.reseal.config.WorkerConfig;
import io.reseal.contract.ThreadGrant;
import io.reseal.files.MarkFile;
import io.reseal.files.Scratch;
import io.reseal.plan.Step;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One sealing thread of this host: its scratch, what it may take, who holds it, and what it shows.
 */
public final class SealingThread {

  private static final Logger LOG = LoggerFactory.getLogger(SealingThread.class);

  /** Who a thread belongs to right now. */
  enum Holding {
    FREE,
    /** Held by a rebuild whose hold activity runs here. */
    HELD,
    /** Held before this process started; its hold has not come back yet. */
    AWAITED
  }

  private final String host;
  private final Scratch scratch;
  private final HotFile hotFile;
  private final MarkFile<ThreadMark> pausedFile;
  private final MarkFile<ThreadMark> faultedFile;

  private WorkerConfig.SealingThread config;
  private HotFile.Reading read;
  private ThreadMark paused;
  private ThreadMark faulted;
  private Holding holding = Holding.FREE;
  private SectorId sector;

  /** The sector's seal proof, or null where an earlier process has not left word of it. */
  private SealProof proof;

  private RebuildState state = RebuildState.EMPTY;
  private String lastError;

  /** A line of each step that runs on it, by the step. */
  private final Map<Step, String> progress = new EnumMap<>(Step.class);

  private CountDownLatch released = new CountDownLatch(0);

  SealingThread(String host, WorkerConfig.SealingThread config) {
    this.host = host;
    this.config = config;
    this.scratch = new Scratch(config.location());
    this.hotFile = new HotFile(config);
    this.pausedFile = ThreadMark.paused(config.location());
    this.faultedFile = ThreadMark.faulted(config.location());
  }

  /** The values that hold now: those of the main file with the hot file's over them. */
  public synchronized WorkerConfig.SealingThread config() {
    return config;
  }

  public Scratch scratch() {
    return scratch;
  }

  public synchronized ThreadGrant grant() {
    return new ThreadGrant(
        host,
        config.index(),
        config.location().toString(),
        config.sealing().maxRetries().orElse(null),
        config.sealing().recoverInterval().orElse(null));
  }

  synchronized Holding holding() {
    return holding;
  }

  public synchronized SectorId sector() {
    return sector;
  }

  /** Whether its sector is of that proof, its layers are still to be made, and they may be. */
  synchronized boolean willLabel(SealProof wanted) {
    return wanted == proof && state.compareTo(RebuildState.PC1_DONE) < 0 && !isStopped();
  }

  public synchronized RebuildState state() {
    return state;
  }

  /** How far its running steps are, or null. */
  public synchronized String progress() {
    return progress.isEmpty() ? null : String.join("; ", progress.values());
  }

  /** Who paused it, why and since when, if anybody did. */
  public synchronized Optional<ThreadMark> paused() {
    return Optional.ofNullable(paused);
  }

  /** The fault of the host that a step met on it and that is not mended yet, if there is one. */
  public synchronized Optional<ThreadMark> faulted() {
    return Optional.ofNullable(faulted);
  }

  /** Whether an operator wants no step to run on it. */
  public synchronized boolean isStopped() {
    return paused != null && paused.now();
  }

  /**
   * What lists show: while it is free what keeps it from taking a sector, else what failed last.
   */
  public synchronized String lastError() {
    if (holding != Holding.FREE && lastError != null) {
      return lastError;
    }
    if (read != null && read.fault() != null) {
      return read.fault();
    }
    return faulted != null ? faulted.reason() : lastError;
  }

  /** Takes up what lies in the location from an earlier process. */
  synchronized void restore() throws IOException {
    paused = pausedFile.read().orElse(null);
    faulted = faultedFile.read().orElse(null);
    refresh();
  }

  /**
   * Takes up a hot file that has come, changed or gone. A thread that is held keeps its values.
   *
   * @return whether anything that lists show has changed
   */
  synchronized boolean refresh() {
    if (holding != Holding.FREE) {
      return false;
    }
    HotFile.Reading now = hotFile.read();
    if (now.equals(read)) {
      return false;
    }
    read = now;
    now.warnings().forEach(warning -> LOG.warn("{}", warning));
    if (now.fault() != null) {
      LOG.warn("{} takes nothing: {}", this, now.fault());
    } else {
      config = now.thread();
      LOG.info("{} has plan {}", this, config.plan());
    }
    return true;
  }

  /** Why it takes no new sector whatever that is, if there is a reason. */
  synchronized Optional<String> obstacle(Instant now, Duration rest) {
    if (paused != null) {
      return Optional.of("paused by %s".formatted(paused.by()));
    }
    if (read != null && read.fault() != null) {
      return Optional.of(read.fault());
    }
    if (faulted != null && now.isBefore(Instant.ofEpochMilli(faulted.at()).plus(rest))) {
      return Optional.of(faulted.reason());
    }
    if (config.plan() != ThreadPlan.REBUILD) {
      return Optional.of("its plan is " + config.plan());
    }
    return Optional.empty();
  }

  synchronized void pause(ThreadMark mark) throws IOException {
    pausedFile.write(mark);
    paused = mark;
  }

  /** Takes the operator's mark and that of a fault off. */
  synchronized void resume() throws IOException {
    pausedFile.remove();
    paused = null;
    clearFault();
  }

  /** A fault of the host was met: nothing new is taken until it has rested or is resumed. */
  synchronized void markFaulted(ThreadMark mark) {
    faulted = mark;
    try {
      faultedFile.write(mark);
    } catch (IOException e) {
      // The disk itself may be what fails; until this process ends the mark holds anyway.
      LOG.warn("The fault of {} could not be noted in its location: {}", this, e.getMessage());
    }
  }

  private void clearFault() throws IOException {
    faultedFile.remove();
    faulted = null;
  }

  /**
   * @param newProof the sector's seal proof, or null where it is not known
   */
  synchronized void hold(SectorId newSector, SealProof newProof, Holding how) {
    if (newProof != null || !newSector.equals(sector)) {
      proof = newProof;
    }
    if (!newSector.equals(sector)) {
      state = RebuildState.ALLOCATED;
      lastError = null;
      progress.clear();
    }
    sector = newSector;
    holding = how;
    released = new CountDownLatch(1);
  }

  synchronized void free() {
    holding = Holding.FREE;
    sector = null;
    proof = null;
    state = RebuildState.EMPTY;
    progress.clear();
    released.countDown();
  }

  /** Opens when the thread is given back. */
  public synchronized CountDownLatch released() {
    return released;
  }

  /** A step of the rebuild runs, or has brought it to this state. */
  public synchronized void at(RebuildState newState) {
    state = newState;
  }

  /** A running step is so far. */
  public synchronized void progress(Step step, String line) {
    progress.put(step, line);
  }

  /** A step runs no more. */
  public synchronized void ended(Step step) {
    progress.remove(step);
  }

  public synchronized void failed(String error) {
    lastError = error;
  }

  /** A step has ended well: what was wrong with the host is not any more. */
  public synchronized void succeeded() {
    lastError = null;
    if (faulted != null) {
      try {
        clearFault();
      } catch (IOException e) {
        LOG.warn("The mark of an earlier fault stays on {}: {}", this, e.getMessage());
      }
    }
  }

  /** For people: {@code host-a#0}. */
  @Override
  public String toString() {
    return grant().toString();
  }
}
