package io.reseal.threads;

import io.reseal.contract.HoldRequest;
import io.reseal.contract.ThreadGrant;
import io.reseal.files.OsError;
import io.reseal.files.Scratch;
import io.reseal.files.SectorKind;
import io.reseal.sector.SectorId;
import io.reseal.threads.SealingThread.Holding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses the thread that takes a sector. */
final class ThreadChoice {

  private static final Logger LOG = LoggerFactory.getLogger(ThreadChoice.class);

  private final List<SealingThread> threads;
  private final ScratchKeeper scratch;
  private final Function<SealingThread, Optional<String>> obstacle;
  private final PromisedRoom promisedRoom;

  /**
   * @param obstacle why a thread takes nothing at all now
   */
  ThreadChoice(
      List<SealingThread> threads,
      ScratchKeeper scratch,
      Function<SealingThread, Optional<String>> obstacle) {
    this.threads = threads;
    this.scratch = scratch;
    this.obstacle = obstacle;
    this.promisedRoom = new PromisedRoom(threads);
  }

  /**
   * The thread that the sector had, else a free one that may take it and has room, if need be after
   * room has been made.
   *
   * @throws NoThreadException naming each thread and why it cannot take the sector
   */
  SealingThread choose(HoldRequest request, ThreadGrant preferred) throws NoThreadException {
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
    return found;
  }

  /** The best thread that can be taken now, or null with each thread's reason. */
  private SealingThread find(HoldRequest request, ThreadGrant preferred, List<String> reasons) {
    reasons.clear();
    for (SealingThread thread : inOrder(request.sector(), preferred)) {
      Optional<String> refusal = refusalOrFault(thread, request);
      if (refusal.isEmpty()) {
        return thread;
      }
      reasons.add(thread.grant() + ": " + refusal.get());
    }
    return null;
  }

  private List<SealingThread> inOrder(SectorId sector, ThreadGrant preferred) {
    return threads.stream()
        .sorted(Comparator.comparingInt(thread -> rank(thread, sector, preferred)))
        .toList();
  }

  private static int rank(SealingThread thread, SectorId sector, ThreadGrant preferred) {
    if (sector.equals(thread.sector())) {
      return 0;
    }
    if (preferred != null && thread.grant().sameScratch(preferred)) {
      return 1;
    }
    return OwnedScratch.isOn(thread, sector) ? 2 : 3;
  }

  /** A location that cannot be read refuses the sector; the other threads may still take it. */
  private Optional<String> refusalOrFault(SealingThread thread, HoldRequest request) {
    try {
      return refusal(thread, request);
    } catch (IOException e) {
      thread.failed(OsError.sentence(e));
      return Optional.of(OsError.sentence(e));
    }
  }

  private Optional<String> refusal(SealingThread thread, HoldRequest request) throws IOException {
    boolean ownSector = request.sector().equals(thread.sector());
    if (!ownSector && thread.holding() != Holding.FREE) {
      return Optional.of("held by sector " + thread.sector());
    }
    // A rebuild that had the thread before a restart gets it again, even if it is paused by now.
    Optional<String> reason = ownSector ? Optional.empty() : obstacle.apply(thread);
    if (reason.isPresent()) {
      return reason;
    }
    if (!ownSector && !thread.config().sealing().allows(request.sector(), request.proof().size())) {
      return Optional.of("its allowed_miners or allowed_sizes leave this sector out");
    }
    // Its room was promised to it when it took the thread.
    Scratch.Need promised = ownSector ? Scratch.Need.NONE : promisedRoom.besides(thread);
    return lackOfRoom(thread, request.sector(), kind(thread, request), promised);
  }

  /**
   * Why a held thread has no room for all that its sector may need, in half a sentence, after room
   * was made if need be; empty if it has.
   */
  Optional<String> lackOfRoom(SealingThread thread, SectorId sector, SectorKind kind)
      throws IOException {
    Scratch.Need promised = promisedRoom.besides(thread);
    Optional<String> lack = lackOfRoom(thread, sector, kind, promised);
    return lack.isPresent() && scratch.makeRoom(thread, sector, kind, promised)
        ? lackOfRoom(thread, sector, kind, promised)
        : lack;
  }

  /** What other threads' sectors will still take on this thread's disk. */
  Scratch.Need promisedBesides(SealingThread thread) {
    return promisedRoom.besides(thread);
  }

  static Optional<String> lackOfRoom(
      SealingThread thread, SectorId sector, SectorKind kind, Scratch.Need promised)
      throws IOException {
    return thread.scratch().briefly(() -> thread.scratch().lackOfRoom(sector, kind, promised));
  }

  /** Makes room on a free thread that may take the sector; whether there is more than before. */
  private boolean makeRoom(HoldRequest request) {
    for (SealingThread thread : threads) {
      if (thread.holding() == Holding.FREE
          && obstacle.apply(thread).isEmpty()
          && thread.config().sealing().allows(request.sector(), request.proof().size())
          && makeRoom(thread, request)) {
        return true;
      }
    }
    return false;
  }

  private boolean makeRoom(SealingThread thread, HoldRequest request) {
    try {
      return scratch.makeRoom(
          thread, request.sector(), kind(thread, request), promisedRoom.besides(thread));
    } catch (IOException e) {
      thread.failed(OsError.sentence(e));
      LOG.warn("No room could be made on {}: {}", thread, OsError.sentence(e));
      return false;
    }
  }

  /**
   * What room a sector is promised on a thread. A hold that is repeated asks for what it asked for
   * when nothing was known: what was promised since then stays promised.
   */
  static SectorKind kind(SealingThread thread, HoldRequest request) {
    SectorKind kind = new SectorKind(request.proof(), request.snapped());
    return request.onlyRepairs() && !hasMore(thread, request.sector()) ? kind.onlyRepaired() : kind;
  }

  private static boolean hasMore(SealingThread thread, SectorId sector) {
    return sector.equals(thread.sector())
        && !thread
            .kind()
            .map(SectorKind::repaired)
            .orElseGet(() -> HeldNote.of(thread).isOnlyForRepair());
  }
}
