package io.reseal.steps;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.contract.SectorFacts;
import io.reseal.core.CoreException;
import io.reseal.core.CoreRequest;
import io.reseal.core.StageDiedException;
import io.reseal.files.Replica;
import io.reseal.files.SectorFiles;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Checks by a sample whether a copy of a replica in the stores is the recorded one. */
public final class CopyCheck {

  private CopyCheck() {}

  /** Runs one operation of the core. */
  public interface Core {
    JsonNode run(CoreRequest request)
        throws CoreException, StageDiedException, IOException, InterruptedException;
  }

  /** Why the copy cannot be proven, as a sentence; empty if it can. */
  static Optional<String> fault(Core core, SectorFacts facts, Replica replica, SectorFiles files)
      throws IOException, InterruptedException {
    Optional<String> missing = missing(facts, replica, files).stream().findFirst();
    return missing.isPresent() ? missing : unproven(core, facts, replica, files);
  }

  /** The faults in the presence and sizes of the files that a proof reads. */
  static List<String> missing(SectorFacts facts, Replica replica, SectorFiles files) {
    try {
      return files.provingFaults(replica, facts.proof());
    } catch (IOException e) {
      return List.of(e.toString());
    }
  }

  /** Why a copy with all its files does not answer a WindowPoSt challenge; empty if it does. */
  static Optional<String> unproven(Core core, SectorFacts facts, Replica replica, SectorFiles files)
      throws IOException, InterruptedException {
    try {
      core.run(CoreRequests.postCheck(facts, replica, files));
      return Optional.empty();
    } catch (CoreException | StageDiedException e) {
      // A failing disk under the copy may well crash the process: that copy is lost.
      return Optional.of(e.getMessage());
    }
  }
}
