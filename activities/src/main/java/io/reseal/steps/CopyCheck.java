package io.reseal.steps;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.contract.SectorFacts;
import io.reseal.core.CoreException;
import io.reseal.core.CoreRequest;
import io.reseal.core.StageDiedException;
import io.reseal.files.Replica;
import io.reseal.files.SectorFiles;
import java.io.IOException;
import java.util.Optional;

/** Checks whether a copy of a replica in the stores is the recorded one. */
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

  /** Why the copy cannot be proven, as a sentence; empty if it can. */
  public static Optional<String> fault(
      Core core, SectorFacts facts, Replica replica, SectorFiles files, Depth depth)
      throws IOException, InterruptedException {
    Optional<String> missing = missing(facts, replica, files);
    if (missing.isPresent()) {
      return missing;
    }
    try {
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

  private static Optional<String> missing(SectorFacts facts, Replica replica, SectorFiles files) {
    try {
      return files.provingFaults(replica, facts.proof()).stream().findFirst();
    } catch (IOException e) {
      return Optional.of(e.toString());
    }
  }
}
