package io.reseal.steps;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.contract.SectorFacts;
import io.reseal.core.CoreException;
import io.reseal.core.CoreRequest;
import io.reseal.core.StageDiedException;
import io.reseal.files.Replica;
import io.reseal.files.SectorFiles;
import io.reseal.files.Store;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Checks whether a store's copy of a replica is the recorded one. */
public final class CopyCheck {

  /** Runs one operation of the core. */
  public interface Core {
    JsonNode run(CoreRequest request)
        throws CoreException, StageDiedException, IOException, InterruptedException;
  }

  /** How much of a copy is read. */
  public enum Depth {
    /** Names and sizes, CommR, and the answer to a WindowPoSt challenge. */
    SAMPLE,
    /** In addition every byte. */
    WHOLE
  }

  private CopyCheck() {}

  /** What is wrong with the copy, as a sentence; empty if nothing is. */
  public static Optional<String> fault(
      Core core, SectorFacts facts, Replica replica, Store store, Depth depth)
      throws IOException, InterruptedException {
    List<String> faults = store.faults(facts.sector(), replica, facts.proof());
    if (!faults.isEmpty()) {
      return Optional.of(faults.get(0));
    }
    try {
      SectorFiles files = store.files(facts.sector());
      core.run(CoreRequests.postCheck(facts, replica, files));
      if (depth == Depth.WHOLE) {
        core.run(CoreRequests.checkReplica(facts, replica, files));
      }
      return Optional.empty();
    } catch (CoreException | StageDiedException e) {
      // A failing disk under the copy may well crash the process: that copy is lost.
      return Optional.of(e.getMessage());
    }
  }
}
