package io.reseal.threads;

import io.reseal.config.WorkerConfig;
import io.reseal.contract.FailureType;
import io.reseal.contract.HoldRequest;
import io.reseal.contract.ThreadGrant;
import io.reseal.files.Scratch;
import io.reseal.files.SectorKind;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import io.reseal.threads.SealingThread.Holding;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
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
  private final Predicate<SectorId> stillRebuilding;
  private final Duration rest;
  private final InstantSource clock;
  private final Runnable changed;
  private volatile boolean draining;

  /**
   * @param stillRebuilding whether a rebuild of that sector is running; asked for threads noted as
   *     held
   * @param rest how long a thread on which a step met a fault of the host takes nothing
   * @param changed told after each change that lists show
   */
  public SealingThreads(
      WorkerConfig config,
      Predicate<SectorId> stillRebuilding,
      Duration rest,
      InstantSource clock,
      Runnable changed) {
    this.host = config.name();
    this.stillRebuilding = stillRebuilding;
    this.rest = rest;
    this.clock = clock;
    this.changed = changed;
    this.threads =
        config.threads().stream().map(thread -> new SealingThread(config.name(), thread)).toList();
  }

  /** Takes up what an earlier process of this host held, and which threads take nothing. */
  public void restore() throws IOException {
    for (SealingThread thread : threads) {
      thread.restore();
      Optional<SectorId> noted = HeldNote.of(thread).read();
      if (noted.isPresent()) {
        thread.hold(noted.get(), proofInScratch(thread, noted.get()), Holding.AWAITED);
      }
    }
    dropEnded();
  }

  /** The seal proof of a sector that has files there, else null. */
  private static SealProof proofInScratch(SealingThread thread, SectorId sector) {
    try {
      return thread.scratch().owner(sector).map(Scratch.Claim::proof).orElse(null);
    } catch (IOException e) {
      // Its own step will say so.
      LOG.debug("{} does not tell whose scratch it has: {}", thread, e.getMessage());
      return null;
    }
  }

  /** The sectors of a seal proof that threads hold and whose layers are still to be made. */
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
   * Whether asking for work makes sense now: a thread may take a sector, or waits for the hold that
   * it had before a restart.
   */
  public boolean wantsHolds() {
    return threads.stream()
        .anyMatch(
            thread ->
                thread.holding() == Holding.AWAITED
                    || (thread.holding() == Holding.FREE && obstacle(thread).isEmpty()));
  }

  /** Takes up hot files that have come, changed or gone. */
  public void refresh() {
    boolean any = false;
    for (SealingThread thread : threads) {
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
  public synchronized SealingThread pause(int index, String by, boolean now)
      throws RefusedException, IOException {
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
   * Lets a thread take work again that was paused, or marked for a fault of the host.
   *
   * @return the thread
   */
  public synchronized SealingThread resume(int index, String by)
      throws RefusedException, IOException {
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
    thread.markFaulted(new ThreadMark(host, clock.millis(), reason, false));
    LOG.warn("{} takes nothing for {}: {}", thread, rest, reason);
    changed.run();
  }

  /** From now on nothing new is taken by any thread. */
  public synchronized void drain() throws RefusedException {
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

  private SealingThread at(int index) throws RefusedException {
    if (index < 0 || index >= threads.size()) {
      throw new RefusedException(
          "%s has no sealing thread %d; it has %s."
              .formatted(
                  host,
                  index,
                  threads.size() == 1 ? "#0 alone" : "#0 to #" + (threads.size() - 1)));
    }
    return threads.get(index);
  }

  private Optional<String> obstacle(SealingThread thread) {
    return draining
        ? Optional.of(host + " is being drained")
        : thread.obstacle(clock.instant(), rest);
  }

  /**
   * Takes a thread for a rebuild: the one it had, else a free one that may take it and has room.
   *
   * @throws NoThreadException naming each thread and why it is not the one
   */
  public synchronized SealingThread take(HoldRequest request, ThreadGrant preferred)
      throws NoThreadException, IOException {
    dropEnded();
    threads.forEach(SealingThread::refresh);
    List<String> reasons = new ArrayList<>();
    SealingThread found = find(request, preferred, reasons);
    if (found == null && makeRoom(request)) {
      found = find(request, preferred, reasons);
    }
    if (found == null) {
      throw new NoThreadException(
          "No sealing thread here takes sector %s now (%s)."
              .formatted(request.sector(), String.join("; ", reasons)));
    }
    noteHeld(found, request.sector());
    found.hold(request.sector(), request.proof(), Holding.HELD);
    changed.run();
    return found;
  }

  /** A location that takes no note takes no sector either: another thread is asked next time. */
  private void noteHeld(SealingThread thread, SectorId sector) throws IOException {
    try {
      HeldNote.of(thread).write(sector);
    } catch (IOException e) {
      faulted(
          thread,
          "%s: %s cannot be written: %s"
              .formatted(FailureType.HOST_DISK, thread.scratch().location(), e.getMessage()));
      throw e;
    }
  }

  /**
   * The thread whose scratch a step works in. A step that is retried may be here before its hold
   * is, after a restart: a free thread then becomes its rebuild's.
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
      noteHeld(thread, sector);
      thread.hold(sector, proofInScratch(thread, sector), Holding.AWAITED);
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

  /** Gives a thread back; nothing happens if the sector does not hold it. */
  public synchronized void release(SectorId sector, SealingThread thread) throws IOException {
    if (sector.equals(thread.sector())) {
      HeldNote.of(thread).remove();
      thread.free();
      changed.run();
    }
  }

  /** Tells that something lists show has changed on a thread. */
  public void changed() {
    changed.run();
  }

  /** The best thread that can be taken now, or null and each thread's reason. */
  private SealingThread find(HoldRequest request, ThreadGrant preferred, List<String> reasons)
      throws IOException {
    reasons.clear();
    for (SealingThread thread : inOrder(request.sector(), preferred)) {
      Optional<String> refusal = refusal(thread, request);
      if (refusal.isEmpty()) {
        return thread;
      }
      reasons.add(thread.grant() + ": " + refusal.get());
    }
    return null;
  }

  private List<SealingThread> inOrder(SectorId sector, ThreadGrant preferred) {
    List<SealingThread> order = new ArrayList<>(threads);
    order.sort((a, b) -> Integer.compare(rank(a, sector, preferred), rank(b, sector, preferred)));
    return order;
  }

  private static int rank(SealingThread thread, SectorId sector, ThreadGrant preferred) {
    if (sector.equals(thread.sector())) {
      return 0;
    }
    return preferred != null && thread.grant().sameScratch(preferred) ? 1 : 2;
  }

  private Optional<String> refusal(SealingThread thread, HoldRequest request) throws IOException {
    boolean ownSector = request.sector().equals(thread.sector());
    if (!ownSector && thread.holding() != Holding.FREE) {
      return Optional.of("held by sector " + thread.sector());
    }
    // A rebuild that had the thread before a restart has it again, whatever has been said since.
    Optional<String> obstacle = ownSector ? Optional.empty() : obstacle(thread);
    if (obstacle.isPresent()) {
      return obstacle;
    }
    if (!ownSector && !thread.config().sealing().allows(request.sector(), request.proof().size())) {
      return Optional.of("its allowed_miners or allowed_sizes leave this sector out");
    }
    if (!thread.scratch().hasRoom(request.sector(), kind(request))) {
      return Optional.of(
          "its scratch %s has %d bytes free, of about %d needed"
              .formatted(
                  thread.scratch().location(),
                  thread.scratch().freeBytes(),
                  Scratch.requiredBytes(kind(request))));
    }
    return Optional.empty();
  }

  /**
   * A parked rebuild's finished steps stay as long as nobody needs their room: a sector that can go
   * on is worth more than one that waits for a person, and begins anew when it is resumed.
   *
   * @return whether there is more room than before
   */
  private boolean makeRoom(HoldRequest request) throws IOException {
    for (SealingThread thread : threads) {
      if (thread.holding() == Holding.FREE
          && obstacle(thread).isEmpty()
          && thread.config().sealing().allows(request.sector(), request.proof().size())) {
        List<SectorId> parked =
            thread.scratch().claims().stream()
                .map(Scratch.Claim::sector)
                .filter(claimed -> !claimed.equals(request.sector()))
                .toList();
        List<SectorId> removed = thread.scratch().makeRoom(request.sector(), kind(request), parked);
        if (!removed.isEmpty()) {
          LOG.warn(
              "Scratch of the parked rebuilds of {} made room for {} on {}",
              removed,
              request.sector(),
              thread.grant());
          return true;
        }
      }
    }
    return false;
  }

  private static SectorKind kind(HoldRequest request) {
    return new SectorKind(request.proof(), request.snapped());
  }

  /** Gives up what nobody will come back to: threads and scratch of rebuilds that have ended. */
  private void dropEnded() throws IOException {
    for (SealingThread thread : threads) {
      if (thread.holding() == Holding.AWAITED && !stillRebuilding.test(thread.sector())) {
        LOG.info("{} is free: the rebuild of {} has ended", thread.grant(), thread.sector());
        release(thread.sector(), thread);
      }
      removeEndedScratch(thread);
    }
  }

  /**
   * A rebuild that another host took over ended there: its files here are of no use any more. What
   * cannot be read or removed is in nobody's way but its own sector's.
   */
  private void removeEndedScratch(SealingThread thread) {
    try {
      if (!Files.isDirectory(thread.scratch().location())) {
        return;
      }
      for (Scratch.Claim claim : thread.scratch().claims()) {
        if (!claim.sector().equals(thread.sector()) && !stillRebuilding.test(claim.sector())) {
          LOG.info("Removing the scratch of {}: its rebuild has ended", claim.sector());
          thread.scratch().remove(claim.sector());
        }
      }
    } catch (IOException e) {
      LOG.warn("Scratch of ended rebuilds stays on {}: {}", thread.grant(), e.getMessage());
    }
  }
}
