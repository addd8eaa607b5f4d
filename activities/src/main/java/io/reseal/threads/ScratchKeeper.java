package io.reseal.threads;

import io.reseal.contract.SectorFacts;
import io.reseal.files.ForeignFilesException;
import io.reseal.files.Scratch;
import io.reseal.files.ScratchOrigin;
import io.reseal.files.SectorFiles;
import io.reseal.files.SectorKind;
import io.reseal.plan.UnsealedWish;
import io.reseal.problem.RefusedException;
import io.reseal.sector.SectorId;
import io.reseal.threads.ScratchVerdict.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides which scratch files are removed, and when; without evidence they stay. */
final class ScratchKeeper {

  private static final Logger LOG = LoggerFactory.getLogger(ScratchKeeper.class);

  private final ScratchEvidence evidence;

  ScratchKeeper(ScratchEvidence evidence) {
    this.evidence = evidence;
  }

  /**
   * Claims a thread's scratch for a step of a rebuild, and writes down for which one. Files of
   * another replica of the sector are removed only if they are this rebuild's own, or an ended
   * one's.
   *
   * @param wish what the rebuild does about the unsealed copy, or null
   */
  SectorFiles claim(
      SealingThread thread, SectorFacts facts, UnsealedWish wish, String workflowId, String runId)
      throws IOException {
    Scratch scratch = thread.scratch();
    Scratch.Claim wanted = Scratch.Claim.of(facts);
    Optional<Scratch.Claim> present = scratch.owner(facts.sector());
    if (present.isPresent() && !present.get().equals(wanted)) {
      refuseIfNeeded(thread, present.get(), workflowId, runId);
    }
    SectorFiles files = scratch.claim(facts);
    if (scratch.origin(wanted).filter(origin -> origin.isComplete(runId, facts, wish)).isEmpty()) {
      scratch.describe(new ScratchOrigin(evidence.here(workflowId, runId), facts, wish));
    }
    return files;
  }

  private void refuseIfNeeded(
      SealingThread thread, Scratch.Claim other, String workflowId, String runId)
      throws IOException {
    Optional<ScratchOrigin> origin = thread.scratch().origin(other);
    if (origin.isPresent() && evidence.isSame(origin.get().rebuild(), workflowId, runId)) {
      return;
    }
    ScratchVerdict verdict = evidence.judge(other, origin);
    if (verdict.kind() != Kind.ENDED) {
      throw new ForeignFilesException(
          "%s has scratch files of sector %s that were made from other inputs. %s If they are not needed: reseal scratch remove %d %d"
              .formatted(
                  thread,
                  other.sector(),
                  verdict.reason(),
                  other.sector().miner(),
                  other.sector().number()));
    }
  }

  /**
   * Removes a sector's files for a rebuild that has ended or leaves the thread, unless they are
   * another rebuild's by now.
   */
  void removeFor(SealingThread thread, SectorId sector, String workflowId, String runId)
      throws IOException {
    Optional<Scratch.Claim> claim = thread.scratch().owner(sector);
    if (claim.isEmpty()) {
      return;
    }
    Optional<ScratchOrigin> origin = thread.scratch().origin(claim.get());
    if (origin.isEmpty() || evidence.isSame(origin.get().rebuild(), workflowId, runId)) {
      thread.scratch().remove(sector);
    } else {
      LOG.warn(
          "The scratch of {} on {} stays: it is not of the rebuild that gives the thread back, but"
              + " of run {}",
          sector,
          thread,
          origin.get().rebuild().runId());
    }
  }

  /** Removes a sector's files because a person wants it; refuses while a rebuild has them. */
  void removeOnPurpose(SealingThread thread, Scratch.Claim claim) throws IOException {
    ScratchVerdict verdict = judge(thread, claim);
    if (claim.sector().equals(thread.sector())) {
      throw new RefusedException(
          "The scratch of %s on %s stays: its rebuild holds the thread. Drop the rebuild first: reseal sectors abort %d %d"
              .formatted(claim.sector(), thread, claim.sector().miner(), claim.sector().number()));
    }
    if (!verdict.kind().isRemovable()) {
      throw new RefusedException(
          "The scratch of %s on %s stays: %s"
              .formatted(claim.sector(), thread, sentences(verdict)));
    }
    removeBriefly(thread.scratch(), claim.sector());
    LOG.info("The scratch of {} on {} was removed on purpose", claim.sector(), thread);
  }

  private static String sentences(ScratchVerdict verdict) {
    return verdict.advice() == null ? verdict.reason() : verdict.reason() + " " + verdict.advice();
  }

  /**
   * Removes finished steps of parked rebuilds if a sector needs their room: a rebuild that can go
   * on matters more than one that waits for a person, and that begins again when it is resumed.
   * What is sealed stays: it only waits for a store.
   *
   * @param promised what other sectors on the same disk will still need
   * @return whether there is more room than before
   */
  boolean makeRoom(SealingThread thread, SectorId sector, SectorKind kind, Scratch.Need promised)
      throws IOException {
    List<SectorId> expendable = new ArrayList<>();
    for (Scratch.Claim claim : thread.scratch().briefly(thread.scratch()::claims)) {
      if (!claim.sector().equals(sector) && judge(thread, claim).kind().mayMakeRoom()) {
        expendable.add(claim.sector());
      }
    }
    List<SectorId> removed =
        thread
            .scratch()
            .briefly(() -> thread.scratch().makeRoom(sector, kind, expendable, promised));
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
    if (thread.isAway()) {
      return;
    }
    try {
      for (Scratch.Claim claim : thread.scratch().briefly(thread.scratch()::claims)) {
        if (!claim.sector().equals(thread.sector()) && hasEnded(thread, claim)) {
          LOG.info("Removing the scratch of {}: its rebuild has ended", claim.sector());
          removeBriefly(thread.scratch(), claim.sector());
        }
      }
    } catch (IOException e) {
      LOG.warn("Scratch of ended rebuilds stays on {}: {}", thread.grant(), e.getMessage());
    }
  }

  private boolean hasEnded(SealingThread thread, Scratch.Claim claim) throws IOException {
    return judge(thread, claim).kind() == Kind.ENDED;
  }

  private ScratchVerdict judge(SealingThread thread, Scratch.Claim claim) throws IOException {
    return evidence.judge(claim, thread.scratch().briefly(() -> thread.scratch().origin(claim)));
  }

  /** Removes files while others wait; each of them is a sign of life. */
  private static void removeBriefly(Scratch scratch, SectorId sector) throws IOException {
    scratch.briefly(
        () -> {
          scratch.remove(sector);
          return null;
        });
  }
}
