package io.reseal.threads;

import io.reseal.files.OsError;
import io.reseal.sector.SectorId;
import io.reseal.threads.SealingThread.Holding;
import java.io.IOException;
import java.util.Optional;
import java.util.function.ToLongFunction;

/** Opens the locations of sealing threads, and notices when their disks go away and come back. */
final class ThreadLocations {

  private final LocationGuard guard;
  private final ToLongFunction<ThreadMark> restEnds;

  /**
   * @param guard secures each location before it is used
   * @param restEnds until when a thread with that mark rests
   */
  ThreadLocations(LocationGuard guard, ToLongFunction<ThreadMark> restEnds) {
    this.guard = guard;
    this.restEnds = restEnds;
  }

  /** Opens a thread's location if that is possible now. */
  void open(SealingThread thread) {
    try {
      thread
          .scratch()
          .briefly(
              () -> {
                guard.secure(thread.scratch().location());
                return null;
              });
      Optional<SectorId> noted = HeldNote.of(thread).read();
      if (noted.isPresent() && thread.holding() == Holding.FREE) {
        thread.hold(noted.get(), OwnedScratch.proof(thread, noted.get()), null, Holding.AWAITED);
      }
      thread.open(restEnds);
    } catch (IOException e) {
      thread.close(OsError.sentence(e));
    }
  }

  /** Whether a location's disk has gone or has come back. */
  boolean look(SealingThread thread) {
    boolean wasAway = thread.isAway();
    if (wasAway) {
      open(thread);
    } else {
      try {
        thread.scratch().requireLocation();
      } catch (IOException e) {
        thread.close(OsError.sentence(e));
      }
    }
    return wasAway != thread.isAway();
  }
}
