package io.reseal.threads;

import io.reseal.files.Scratch;
import io.reseal.files.ScratchOrigin;
import io.reseal.files.SectorKind;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The room that the sectors on a host's held threads will still need: a disk that several threads
 * share has room for another sector only beyond that.
 */
final class PromisedRoom {

  private static final Logger LOG = LoggerFactory.getLogger(PromisedRoom.class);

  private final List<SealingThread> threads;

  PromisedRoom(List<SealingThread> threads) {
    this.threads = threads;
  }

  /** What other threads' sectors will still take on this thread's disk. */
  Scratch.Need besides(SealingThread thread) {
    Scratch.Need all = Scratch.Need.NONE;
    for (SealingThread other : threads) {
      if (other != thread && other.sector() != null) {
        all = all.plus(onDiskOf(thread, other));
      }
    }
    return all;
  }

  private static Scratch.Need onDiskOf(SealingThread thread, SealingThread other) {
    try {
      SectorId sector = other.sector();
      return thread.scratch().sharesDiskWith(other.scratch())
          ? kindOf(other, sector).map(kind -> needOf(other, sector, kind)).orElse(Scratch.Need.NONE)
          : Scratch.Need.NONE;
    } catch (IOException e) {
      // A location that is away takes nothing from another one.
      LOG.debug("What {} will need is not known: {}", other, e.getMessage());
      return Scratch.Need.NONE;
    }
  }

  private static Scratch.Need needOf(SealingThread thread, SectorId sector, SectorKind kind) {
    try {
      return thread.scratch().briefly(() -> thread.scratch().needOf(sector, kind));
    } catch (IOException e) {
      return new Scratch.Need(Scratch.requiredBytes(kind), 0);
    }
  }

  /** As it was asked for, or, after a restart, as its files say. */
  private static Optional<SectorKind> kindOf(SealingThread thread, SectorId sector)
      throws IOException {
    if (thread.kind().isPresent()) {
      return thread.kind();
    }
    return thread.scratch().briefly(() -> kindOf(thread.scratch(), sector));
  }

  private static Optional<SectorKind> kindOf(Scratch scratch, SectorId sector) throws IOException {
    Optional<Scratch.Claim> claim = scratch.owner(sector);
    if (claim.isEmpty()) {
      return Optional.empty();
    }
    return scratch
        .origin(claim.get())
        .map(ScratchOrigin::inputs)
        .map(SectorKind::of)
        .or(() -> claim.map(known -> new SectorKind(known.proof(), false)));
  }
}
