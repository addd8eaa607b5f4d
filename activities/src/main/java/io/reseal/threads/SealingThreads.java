package io.reseal.threads;

import io.reseal.config.WorkerConfig;
import io.reseal.contract.FailureType;
import io.reseal.contract.HoldRequest;
import io.reseal.contract.SectorFacts;
import io.reseal.contract.ThreadGrant;
import io.reseal.files.HangingException;
import io.reseal.files.OsError;
import io.reseal.files.Scratch;
import io.reseal.files.ScratchOrigin;
import io.reseal.files.SectorFiles;
import io.reseal.files.SectorKind;
import io.reseal.plan.UnsealedWish;
import io.reseal.problem.RefusedException;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import io.reseal.threads.SealingThread.Holding;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All sealing threads of this host, and who holds which. A held thread is noted in its location, so
 * that it still belongs to its rebuild when this process has been killed and started again.
 */
public final class SealingThreads {

  private static final Logger LOG = LoggerFactory.getLogger(SealingThreads.class);

  private final String host;
  private final List<SealingThread> threads;
  private final RebuildHolds holds;
  private final ScratchEvidence evidence;
  private final ScratchKeeper scratch;
  private final Duration rest;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Runnable changed;
  private final ThreadChoice choice;
  private ThreadLocations locations = new ThreadLocations(location -> {}, this::restEnds);
  private volatile boolean draining;

  /** Why no store has room for the sector that last asked, or null. */
  private String noStore;

  /**
   * @param holds which threads rebuilds hold, according to Temporal
   * @param evidence whether scratch files are still needed
   * @param rest how long a thread on which a step met a fault of the host takes nothing
   * @param changed called after each change that lists show
   */
  public SealingThreads(
      WorkerConfig config,
      RebuildHolds holds,
      ScratchEvidence evidence,
      Duration rest,
      InstantSource clock,
      Runnable changed) {
    this(config, holds, evidence, rest, clock, System::nanoTime, changed);
  }

  SealingThreads(
      WorkerConfig config,
      RebuildHolds holds,
      ScratchEvidence evidence,
      Duration rest,
      InstantSource clock,
      LongSupplier nanos,
      Runnable changed) {
    this.nanos = nanos;
    this.host = config.name();
    this.holds = holds;
    this.evidence = evidence;
    this.scratch = new ScratchKeeper(evidence);
    this.rest = rest;
    this.clock = clock;
    this.changed = changed;
    this.threads =
        config.threads().stream().map(thread -> new SealingThread(config.name(), thread)).toList();
    this.choice = new ThreadChoice(threads, scratch, this::obstacle);
  }

  /** Restores what an earlier process of this host held, and which threads take nothing. */
  public void restore() {
    restore(location -> {});
  }

  /**
   * The same; a location that cannot be used keeps only its own thread from working.
   *
   * @param guard secures each location before it is used
   */
  public synchronized void restore(LocationGuard guard) {
    locations = new ThreadLocations(guard, this::restEnds);
    threads.forEach(locations::open);
    dropEnded();
  }

  /** The sectors of a seal proof that threads hold and whose layers are not built yet. */
  public Set<SectorId> toLabel(SealProof proof) {
    Set<SectorId> sectors = new HashSet<>();
    for (SealingThread thread : threads) {
      SectorId sector = thread.sector();
      if (sector != null && thread.willLabel(proof)) {
        sectors.add(sector);
      }
    }
    return sectors;
  }

  public List<SealingThread> all() {
    return threads;
  }

  /**
   * Whether this host should ask for work: a thread may take a sector, or waits for the hold that
   * it had before a restart.
   */
  public boolean wantsHolds() {
    return threads.stream()
        .anyMatch(
            thread ->
                thread.holding() == Holding.AWAITED
                    || (thread.holding() == Holding.FREE && obstacle(thread).isEmpty()));
  }

  /** Reads hot files that have appeared, changed or gone. */
  public synchronized void refresh() {
    boolean any = false;
    for (SealingThread thread : threads) {
      any |= locations.look(thread);
      any |= thread.refresh();
    }
    if (any) {
      changed.run();
    }
  }

  /**
   * Pauses a thread: it takes nothing new; with {@code now} no step runs on it either.
   *
   * @return the thread
   */
  public synchronized SealingThread pause(int index, String by, boolean now) throws IOException {
    SealingThread thread = at(index);
    Optional<ThreadMark> before = thread.paused();
    if (before.isPresent() && (before.get().now() || !now)) {
      throw new RefusedException(
          "%s is paused already, by %s.".formatted(thread, before.get().by()));
    }
    thread.pause(new ThreadMark(by, clock.millis(), "paused by " + by, now));
    LOG.info("{} is paused by {}{}", thread, by, now ? ", its step is stopped" : "");
    changed.run();
    return thread;
  }

  /**
   * Lets a thread that was paused, or marked for a fault of the host, take work again.
   *
   * @return the thread
   */
  public synchronized SealingThread resume(int index, String by) throws IOException {
    SealingThread thread = at(index);
    if (thread.paused().isEmpty() && thread.faulted().isEmpty()) {
      throw new RefusedException(
          "%s is neither paused nor marked for a fault: there is nothing to resume."
              .formatted(thread));
    }
    thread.resume();
    LOG.info("{} is resumed by {}", thread, by);
    changed.run();
    return thread;
  }

  /** A step met a fault of the host on this thread. */
  public void faulted(SealingThread thread, String reason) {
    thread.markFaulted(
        new ThreadMark(host, clock.millis(), reason, false), nanos.getAsLong() + rest.toNanos());
    LOG.warn("{} takes nothing for {}: {}", thread, rest, reason);
    changed.run();
  }

  /** A clock that was set since the fault makes the rest neither longer nor endless. */
  private long restEnds(ThreadMark fault) {
    long rested = Math.max(0, Math.min(rest.toMillis(), clock.millis() - fault.at()));
    return nanos.getAsLong() + rest.minusMillis(rested).toNanos();
  }

  /** From now on no thread takes anything new. */
  public synchronized void drain() {
    if (draining) {
      throw new RefusedException("%s is being drained already.".formatted(host));
    }
    draining = true;
    LOG.info("{} is drained: it takes nothing new", host);
    changed.run();
  }

  public boolean isDraining() {
    return draining;
  }

  /** How many threads are held by rebuilds. */
  public int held() {
    return (int) threads.stream().filter(thread -> thread.holding() != Holding.FREE).count();
  }

  /**
   * Why no thread has room for a sector, one reason each. A held thread counts as one that has: its
   * sector leaves.
   *
   * @return empty if there is room
   */
  public List<String> lackOfRoom(SectorId sector, SectorKind kind) {
    List<String> reasons = new ArrayList<>();
    for (SealingThread thread : threads) {
      Optional<String> lack =
          thread.holding() == Holding.FREE ? lackOfRoom(thread, sector, kind) : Optional.empty();
      if (lack.isEmpty()) {
        return List.of();
      }
      reasons.add(lack.get());
    }
    return reasons.isEmpty() ? List.of("it has no sealing thread") : reasons;
  }

  private static Optional<String> lackOfRoom(
      SealingThread thread, SectorId sector, SectorKind kind) {
    try {
      return ThreadChoice.lackOfRoom(thread, sector, kind, Scratch.Need.NONE);
    } catch (IOException e) {
      return Optional.of(OsError.sentence(e));
    }
  }

  private SealingThread at(int index) {
    return threads.stream()
        .filter(thread -> thread.config().index() == index)
        .findFirst()
        .orElseThrow(
            () ->
                new RefusedException(
                    "%s has no sealing thread %d; it has %s."
                        .formatted(
                            host,
                            index,
                            threads.stream()
                                .map(thread -> "#" + thread.config().index())
                                .collect(Collectors.joining(", ")))));
  }

  private Optional<String> obstacle(SealingThread thread) {
    return draining ? Optional.of(host + " is being drained") : thread.obstacle(nanos.getAsLong());
  }

  /**
   * Takes a thread for a rebuild: the one it had, else a free one that may take it and has room.
   *
   * @param number the number of the grant, or null if it has none
   * @throws NoThreadException naming each thread and why it cannot take the sector
   */
  public synchronized SealingThread take(HoldRequest request, ThreadGrant preferred, Long number)
      throws NoThreadException, IOException {
    refuseIfLate(request.sector(), number);
    dropEnded();
    threads.forEach(SealingThread::refresh);
    SealingThread found = choice.choose(request, preferred);
    SectorKind kind = ThreadChoice.kind(found, request);
    noteHeld(found, request.sector(), kind.repaired());
    found.hold(request.sector(), request.proof(), number, Holding.HELD);
    found.needs(kind);
    changed.run();
    return found;
  }

  /**
   * Promises a sector all the room on its thread's disk that a rebuild may take. If it was promised
   * that already, nothing happens.
   *
   * @return why there is no such room, in half a sentence; empty if it is promised now
   */
  public synchronized Optional<String> promiseAll(
      SealingThread thread, SectorId sector, SectorKind kind) throws IOException {
    if (thread.kind().filter(promised -> !promised.repaired()).isPresent()) {
      return Optional.empty();
    }
    Optional<String> lack = choice.lackOfRoom(thread, sector, kind);
    if (lack.isEmpty()) {
      HeldNote.of(thread).promiseAll();
      thread.needs(kind);
    }
    return lack;
  }

  private void refuseIfLate(SectorId sector, Long number) throws NoThreadException {
    for (SealingThread thread : threads) {
      if (thread.wasGrantedAfter(sector, number)) {
        throw new NoThreadException(
            "A later attempt to hold a thread for sector %s has %s already."
                .formatted(sector, thread));
      }
    }
  }

  /** A location that cannot be written can take no sector: another thread is tried next time. */
  private void noteHeld(SealingThread thread, SectorId sector, boolean forRepair)
      throws IOException {
    try {
      HeldNote.of(thread).write(sector, forRepair);
    } catch (HangingException e) {
      throw e;
    } catch (IOException e) {
      faulted(
          thread,
          "%s: %s cannot be written: %s"
              .formatted(FailureType.HOST_DISK, thread.scratch().location(), e.getMessage()));
      throw e;
    }
  }

  /**
   * The thread whose scratch a step works in. After a restart a retried step may arrive before its
   * hold: a free thread is then given to its rebuild.
   */
  public synchronized SealingThread enter(SectorId sector, ThreadGrant grant)
      throws NoThreadException, IOException {
    SealingThread thread = withScratch(grant).orElse(null);
    if (thread == null) {
      throw new NoThreadException(
          "The sealing thread with location %s is no longer in this host's file."
              .formatted(grant.location()));
    }
    if (thread.holding() == Holding.FREE) {
      noteHeld(thread, sector, false);
      thread.hold(sector, OwnedScratch.proof(thread, sector), null, Holding.AWAITED);
      changed.run();
    } else if (!sector.equals(thread.sector())) {
      throw new NoThreadException(
          "%s is held by sector %s now.".formatted(thread.grant(), thread.sector()));
    }
    return thread;
  }

  /** The thread with that location, whatever its index. */
  public Optional<SealingThread> withScratch(ThreadGrant grant) {
    return threads.stream().filter(thread -> thread.grant().sameScratch(grant)).findFirst();
  }

  /**
   * Gives a thread back; nothing happens if the sector does not hold it, or holds it by a later
   * grant.
   *
   * @param number the number of the grant that ends, or null if it is not known
   */
  public synchronized void release(SectorId sector, SealingThread thread, Long number) {
    if (sector.equals(thread.sector()) && !thread.wasGrantedAfter(sector, number)) {
      thread.steps().stop();
      try {
        HeldNote.of(thread).remove();
      } catch (IOException e) {
        // The next rebuild's note replaces it; after a restart it counts only while it is true.
        LOG.warn("The note of the rebuild that held {} stays: {}", thread, OsError.sentence(e));
      }
      thread.free();
      changed.run();
    }
  }

  /** Whether work on the sector is on this host already, so that its rebuild goes on here. */
  public synchronized boolean hasWork(SectorId sector) {
    return threads.stream()
        .anyMatch(thread -> sector.equals(thread.sector()) || OwnedScratch.isOn(thread, sector));
  }

  /** A rebuild as it is written down beside what it uses. */
  public ScratchOrigin.Rebuild identify(String workflowId, String runId) {
    return evidence.here(workflowId, runId);
  }

  /**
   * Shows on the free threads that no store has room for a sector, until one has.
   *
   * @param why null when one has
   */
  public synchronized void noStore(String why) {
    String before = noStore;
    noStore = why;
    for (SealingThread thread : threads) {
      if (thread.holding() == Holding.FREE
          && (why != null || (before != null && before.equals(thread.lastError())))) {
        thread.failed(why);
      }
    }
    if (why != null || before != null) {
      changed.run();
    }
  }

  /**
   * Claims a held thread's scratch for a step of the rebuild that is that run.
   *
   * @param wish what it does about the unsealed copy, or null
   */
  public SectorFiles claim(
      SealingThread thread, SectorFacts facts, UnsealedWish wish, String workflowId, String runId)
      throws IOException {
    return scratch.claim(thread, facts, wish, workflowId, runId);
  }

  /**
   * Bytes that are free in a held thread's location beyond what its sector, and those of other
   * threads on the same disk, will still take.
   */
  public long spareBytes(SealingThread thread, SectorFacts facts) throws IOException {
    Scratch its = thread.scratch();
    Scratch.Need promised =
        choice.promisedBesides(thread).plus(its.needOf(facts.sector(), SectorKind.of(facts)));
    return its.freeBytes() - promised.bytes();
  }

  /** Removes the files of the rebuild that is that run, which no longer needs them. */
  public void removeScratch(SealingThread thread, SectorId sector, String workflowId, String runId)
      throws IOException {
    scratch.removeFor(thread, sector, workflowId, runId);
  }

  /**
   * Removes a sector's scratch files from this host because a person wants it.
   *
   * @return the threads in whose locations they were
   */
  public synchronized List<SealingThread> removeScratchOnPurpose(SectorId sector)
      throws IOException {
    List<SealingThread> removed = new ArrayList<>();
    for (SealingThread thread : threads) {
      Optional<Scratch.Claim> claim = OwnedScratch.of(thread, sector);
      if (claim.isPresent()) {
        scratch.removeOnPurpose(thread, claim.get());
        removed.add(thread);
      }
    }
    if (removed.isEmpty()) {
      throw new RefusedException("%s has no scratch files of sector %s.".formatted(host, sector));
    }
    return removed;
  }

  /** Reports that something that lists show has changed on a thread. */
  public void changed() {
    changed.run();
  }

  /** Frees the threads that rebuilds have left, and the scratch of those that have ended. */
  private void dropEnded() {
    freeLeft();
    threads.forEach(scratch::removeEnded);
  }

  /**
   * Frees threads whose rebuilds ended or moved elsewhere while their hosts were away; called
   * periodically. A step that still runs there is stopped first.
   */
  public void freeLeft() {
    for (SealingThread thread : threads) {
      SectorId sector = thread.sector();
      if (sector != null
          && thread.holding() == Holding.AWAITED
          && !holds.mayHave(sector, thread.grant())) {
        freeLeft(thread, sector);
      }
    }
  }

  private synchronized void freeLeft(SealingThread thread, SectorId sector) {
    if (thread.holding() == Holding.AWAITED
        && sector.equals(thread.sector())
        && thread.steps().stop()) {
      LOG.info("{} is free: the rebuild of {} no longer uses it", thread, sector);
      release(sector, thread, null);
    }
  }

  /**
   * The hold of a thread was given up without being cancelled: its rebuild has the thread until
   * Temporal says otherwise.
   */
  public synchronized void await(SectorId sector, SealingThread thread, Long number) {
    if (sector.equals(thread.sector()) && !thread.wasGrantedAfter(sector, number)) {
      LOG.warn("The hold of {} by {} was given up; waiting for it to come back", thread, sector);
      thread.await();
      changed.run();
    }
  }
}
