package io.reseal.threads;

import io.reseal.files.Scratch;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whose files are in a thread's location. Others do not wait long for a disk that hangs. */
final class OwnedScratch {

  private static final Logger LOG = LoggerFactory.getLogger(OwnedScratch.class);

  private OwnedScratch() {}

  /** The owner of the sector's files on the thread. */
  static Optional<Scratch.Claim> of(SealingThread thread, SectorId sector) throws IOException {
    return thread.scratch().briefly(() -> thread.scratch().owner(sector));
  }

  /** Whether work on the sector, of whichever rebuild, is in the thread's location. */
  static boolean isOn(SealingThread thread, SectorId sector) {
    return ifReadable(thread, sector).isPresent();
  }

  /** The seal proof of a sector that has files on the thread, else null. */
  static SealProof proof(SealingThread thread, SectorId sector) {
    return ifReadable(thread, sector).map(Scratch.Claim::proof).orElse(null);
  }

  private static Optional<Scratch.Claim> ifReadable(SealingThread thread, SectorId sector) {
    try {
      return of(thread, sector);
    } catch (IOException e) {
      // The sector's own step reports the fault.
      LOG.debug("The owner of the scratch on {} cannot be read: {}", thread, e.getMessage());
      return Optional.empty();
    }
  }
}
