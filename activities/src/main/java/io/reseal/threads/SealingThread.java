package io.reseal.threads;

import io.reseal.config.HotFile;
import io.reseal.config.ThreadPlan;
import io.reseal.config.WorkerConfig;
import io.reseal.contract.ThreadGrant;
import io.reseal.files.MarkFile;
import io.reseal.files.OsError;
import io.reseal.files.Scratch;
import io.reseal.files.SectorKind;
import io.reseal.plan.Step;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One sealing thread of this host: its scratch, what it may take, and which rebuild holds it. */
public final class SealingThread {

  private static final Logger LOG = LoggerFactory.getLogger(SealingThread.class);

  /** Whether a rebuild holds the thread. */
  enum Holding {
    FREE,
    /** Held by a rebuild whose hold activity runs here. */
    HELD,
    /** Held before this process started, or before an outage; its hold has not come back yet. */
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

  /** Until when it rests after a fault, by a clock that nobody sets. */
  private long restEndsNanos;

  private Holding holding = Holding.FREE;
  private SectorId sector;

  /** The number of the grant by which it is held, or null if it is not known. */
  private Long number;

  /** The sector's seal proof, or null if an earlier process left no note of it. */
  private SealProof proof;

  /** Of which kind the sector's files are, or null if this process was not asked for it. */
  private SectorKind kind;

  private final ThreadLine line = new ThreadLine();
  private final ThreadSteps steps = new ThreadSteps();

  /** Why its location cannot be used now, or null. */
  private String away;

  private CountDownLatch released = new CountDownLatch(0);

  SealingThread(String host, WorkerConfig.SealingThread config) {
    this.host = host;
    this.config = config;
    this.scratch = new Scratch(config.location());
    this.hotFile = new HotFile(config);
    this.pausedFile = ThreadMark.paused(config.location());
    this.faultedFile = ThreadMark.faulted(config.location());
  }

  /** The values in force: those of the main file, overridden by the hot file's. */
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
        config.sealing().recoverInterval().orElse(null),
        number);
  }

  synchronized Holding holding() {
    return holding;
  }

  /** The steps that run on it. */
  public ThreadSteps steps() {
    return steps;
  }

  /**
   * Waits until a hold activity of this host holds the thread, in contact with Temporal: no other
   * host can have taken its rebuild over then.
   */
  public synchronized void awaitHeld() throws InterruptedException {
    while (holding == Holding.AWAITED) {
      wait();
    }
  }

  public synchronized SectorId sector() {
    return sector;
  }

  /** Whether its sector has that proof, its layers are not built yet, and no one stopped it. */
  synchronized boolean willLabel(SealProof wanted) {
    return wanted == proof && line.state().compareTo(RebuildState.PC1_DONE) < 0 && !isStopped();
  }

  public synchronized RebuildState state() {
    return line.state();
  }

  /** The progress of its running steps, or null. */
  public synchronized String progress() {
    return line.progress();
  }

  /** Who paused it, why and since when, if it is paused. */
  public synchronized Optional<ThreadMark> paused() {
    return Optional.ofNullable(paused);
  }

  /** The host fault that a step met on it, unless it is fixed by now. */
  public synchronized Optional<ThreadMark> faulted() {
    return Optional.ofNullable(faulted);
  }

  /** Whether an operator wants no step to run on it. */
  public synchronized boolean isStopped() {
    return paused != null && paused.now();
  }

  /** For lists: while it is free what keeps it from taking a sector, else what failed last. */
  public synchronized String lastError() {
    if (isAway()) {
      return away;
    }
    if (holding != Holding.FREE && line.lastError() != null) {
      return line.lastError();
    }
    if (read != null && read.fault() != null) {
      return read.fault();
    }
    return faulted != null ? faulted.reason() : line.lastError();
  }

  /**
   * Reads the marks that an earlier process left in the location, which is usable from now on.
   *
   * @param restEnds until when a thread with that mark rests
   */
  synchronized void open(ToLongFunction<ThreadMark> restEnds) throws IOException {
    paused = scratch.briefly(pausedFile::read).orElse(null);
    faulted = scratch.briefly(faultedFile::read).orElse(null);
    restEndsNanos = faulted == null ? 0 : restEnds.applyAsLong(faulted);
    if (isAway()) {
      LOG.info("{} uses its location {}", this, scratch.location());
    }
    away = null;
    refresh();
  }

  /**
   * Its location cannot be used now, so it takes nothing.
   *
   * @param reason what is wrong with it
   */
  synchronized void close(String reason) {
    if (!reason.equals(away)) {
      LOG.warn("{} takes nothing: {}", this, reason);
    }
    away = reason;
  }

  synchronized boolean isAway() {
    return away != null;
  }

  /**
   * Reads a hot file that has appeared, changed or gone. A thread that is held keeps its values.
   *
   * @return whether anything that lists show has changed
   */
  synchronized boolean refresh() {
    if (holding != Holding.FREE || isAway()) {
      return false;
    }
    HotFile.Reading now;
    try {
      now = scratch.briefly(hotFile::read);
    } catch (IOException e) {
      close(OsError.sentence(e));
      return true;
    }
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

  /** Why it can take no new sector at all, if there is a reason. */
  synchronized Optional<String> obstacle(long nowNanos) {
    if (isAway()) {
      return Optional.of(away);
    }
    if (paused != null) {
      return Optional.of("paused by %s".formatted(paused.by()));
    }
    if (read != null && read.fault() != null) {
      return Optional.of(read.fault());
    }
    if (faulted != null && nowNanos - restEndsNanos < 0) {
      return Optional.of(faulted.reason());
    }
    if (config.plan() != ThreadPlan.REBUILD) {
      return Optional.of("its plan is " + config.plan());
    }
    return Optional.empty();
  }

  synchronized void pause(ThreadMark mark) throws IOException {
    write(pausedFile, mark);
    paused = mark;
  }

  /** Removes the operator's mark and that of a fault. */
  synchronized void resume() throws IOException {
    remove(pausedFile);
    paused = null;
    clearFault();
  }

  /** Marks a fault of the host: it takes nothing new until it has rested or is resumed. */
  synchronized void markFaulted(ThreadMark mark, long restEnds) {
    faulted = mark;
    restEndsNanos = restEnds;
    try {
      write(faultedFile, mark);
    } catch (IOException e) {
      // The disk itself may be what fails; the mark still counts until this process ends.
      LOG.warn("The fault of {} could not be noted in its location: {}", this, e.getMessage());
    }
  }

  private void clearFault() throws IOException {
    remove(faultedFile);
    faulted = null;
  }

  private void write(MarkFile<ThreadMark> file, ThreadMark mark) throws IOException {
    scratch.briefly(
        () -> {
          file.write(mark);
          return null;
        });
  }

  private void remove(MarkFile<ThreadMark> file) throws IOException {
    scratch.briefly(
        () -> {
          file.remove();
          return null;
        });
  }

  /**
   * @param newProof the sector's seal proof, or null if it is not known
   * @param newNumber the number of its grant, or null if it is not known
   */
  synchronized void hold(SectorId newSector, SealProof newProof, Long newNumber, Holding how) {
    number = newNumber;
    if (newProof != null || !newSector.equals(sector)) {
      proof = newProof;
    }
    if (!newSector.equals(sector)) {
      line.begin();
      kind = null;
    }
    sector = newSector;
    holding = how;
    notifyAll();
    released = new CountDownLatch(1);
  }

  /** Its hold activity was given up, but the rebuild still has it: its hold comes back. */
  synchronized void await() {
    holding = Holding.AWAITED;
  }

  synchronized void free() {
    holding = Holding.FREE;
    notifyAll();
    sector = null;
    number = null;
    proof = null;
    kind = null;
    line.free();
    released.countDown();
  }

  /** Whether the sector holds it under a higher number than this one, which may be null. */
  public synchronized boolean wasGrantedAfter(SectorId asking, Long earlier) {
    return asking.equals(sector) && number != null && earlier != null && number > earlier;
  }

  /** The holder's files are of that kind. */
  synchronized void needs(SectorKind newKind) {
    kind = newKind;
  }

  /** Of which kind the holder's files are, if it asked this process for the thread. */
  synchronized Optional<SectorKind> kind() {
    return Optional.ofNullable(kind);
  }

  /** Reaches zero when the thread is given back. */
  public synchronized CountDownLatch released() {
    return released;
  }

  /** Records the state that the rebuild has reached. */
  public synchronized void at(RebuildState newState) {
    line.at(newState);
  }

  /** Records a running step's progress line. */
  public synchronized void progress(Step step, String text) {
    line.progress(step, text);
  }

  /** Removes the progress line of a step that has ended. */
  public synchronized void ended(Step step) {
    line.ended(step);
  }

  public synchronized void failed(String error) {
    line.lastError(error);
  }

  /** A step has succeeded: an earlier fault of the host is gone. */
  public synchronized void succeeded() {
    line.lastError(null);
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
