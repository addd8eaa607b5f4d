package io.reseal.steps;

import io.reseal.contract.FailureType;
import io.reseal.contract.SectorFacts;
import io.reseal.core.CoreException;
import io.reseal.files.Replica;
import io.reseal.files.SectorFiles;
import io.reseal.files.Store;
import io.reseal.files.Stores;
import io.reseal.files.UnsealedDigest;
import io.reseal.plan.Unsealing;
import io.reseal.sector.Commitment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The steps that get the data of a sector for its unsealed copy, and prepare their storing. */
final class UnsealedSteps {

  private final Stores stores;

  UnsealedSteps(Stores stores) {
    this.stores = stores;
  }

  /** A file in a store, or the last layer in scratch. */
  private record Source(Path file, String where) {}

  /**
   * Decodes the data into scratch, from the first copies that give the recorded CommD. CommD
   * commits to every piece.
   */
  StepOutcome decode(StepInputs inputs, StepWork work) throws Exception {
    Replica replica = UnsealedCheck.replica(inputs.facts());
    List<String> faults = new ArrayList<>();
    for (Source from : stored(inputs.facts(), replica)) {
      for (Source key : keys(inputs)) {
        if (isDecoded(inputs, work, from.file(), key.file(), faults)) {
          return StepOutcome.of(
              "CommD as recorded, decoded from the %s %s with %s"
                  .formatted(title(replica), from.where(), key.where()));
        }
      }
    }
    if (StoredLayers.areIn(inputs)) {
      throw StoredLayers.blamed(String.join("; ", faults));
    }
    throw new WrongSealException(
        FailureType.SECTOR_NOT_DECODED,
        faults.isEmpty()
            ? "No store of this host has all that the data of sector %s were to be decoded from any more."
                .formatted(inputs.facts().sector())
            : String.join("; ", faults) + ".");
  }

  private List<Source> keys(StepInputs inputs) throws IOException {
    if (inputs.unsealing().from() == Unsealing.From.KEY) {
      return stored(inputs.facts(), Replica.SEALED);
    }
    Path layer = inputs.files().lastLayer(inputs.facts().proof());
    inputs.files().requireLastLayer(inputs.facts().proof());
    return List.of(new Source(layer, "its last layer"));
  }

  private List<Source> stored(SectorFacts facts, Replica replica) {
    List<Source> found = new ArrayList<>();
    for (Store store : stores.usable()) {
      SectorFiles.Kept file = store.files(facts.sector()).replica(replica, facts.proof());
      if (file.isWhole()) {
        found.add(new Source(file.path(), "in store \"%s\"".formatted(store.name())));
      }
    }
    return found;
  }

  private static String title(Replica replica) {
    return replica == Replica.UPDATE ? "update" : "sealed file";
  }

  private static boolean isDecoded(
      StepInputs inputs, StepWork work, Path from, Path key, List<String> faults) throws Exception {
    try {
      work.run(inputs.requests().decode(from, key));
      return true;
    } catch (CoreException e) {
      if (e.file().filter(file -> file.equals(from) || file.equals(key)).isEmpty()) {
        throw e;
      }
      faults.add(e.getMessage());
      return false;
    }
  }

  /**
   * Makes sure that the data in scratch have the recorded CommD and that their digest is recorded.
   * The check comes second: what it finds right are the bytes that were digested.
   */
  static void requireDigest(StepInputs inputs, StepWork work) throws Exception {
    if (inputs.unsealing() == null) {
      return;
    }
    SectorFacts facts = inputs.facts();
    Replica replica = UnsealedCheck.replica(facts);
    Commitment commD = ReplicaFacts.of(facts, replica).commD();
    if (UnsealedDigest.find(inputs.files(), replica, commD).isPresent()) {
      return;
    }
    UnsealedDigest digest = UnsealedDigest.read(inputs.files(), replica, facts.proof(), commD);
    Optional<String> fault =
        UnsealedCheck.otherData(work::run, facts, inputs.files().unsealed(replica));
    if (fault.isPresent()) {
      throw new WrongSealException(FailureType.SCRATCH_LOST, fault.get());
    }
    digest.record();
  }
}
