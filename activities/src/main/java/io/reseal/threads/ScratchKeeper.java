package io.reseal.threads;

import io.reseal.files.Scratch;
import io.reseal.files.SectorKind;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes scratch files that no running rebuild needs, and those of parked ones to make room. */
final class ScratchKeeper {

  private static final Logger LOG = LoggerFactory.getLogger(ScratchKeeper.class);

  private final Predicate<SectorId> stillRebuilding;

  /**
   * @param stillRebuilding whether a rebuild of that sector is running
   */
  ScratchKeeper(Predicate<SectorId> stillRebuilding) {
    this.stillRebuilding = stillRebuilding;
  }

  /**
   * Removes finished steps of parked rebuilds if a sector needs their room: a rebuild that can go
   * on matters more than one that waits for a person, and that begins again when it is resumed.
   *
   * @return whether there is more room than before
   */
  boolean makeRoom(SealingThread thread, SectorId sector, SectorKind kind) throws IOException {
    List<SectorId> parked =
        thread.scratch().claims().stream()
            .map(Scratch.Claim::sector)
            .filter(claimed -> !claimed.equals(sector))
            .toList();
    List<SectorId> removed = thread.scratch().makeRoom(sector, kind, parked);
    if (!removed.isEmpty()) {
      LOG.warn(
          "Scratch of the parked rebuilds of {} made room for {} on {}",
          removed,
          sector,
          thread.grant());
    }
    return !removed.isEmpty();
  }

  /**
   * Removes the files of rebuilds that have ended, e.g. on another host that took them over. Files
   * that cannot be removed block only their own sector, so this logs and goes on.
   */
  void removeEnded(SealingThread thread) {
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
