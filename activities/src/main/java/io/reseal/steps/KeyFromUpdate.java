package io.reseal.steps;

import io.reseal.contract.FailureType;
import io.reseal.contract.SectorFacts;
import io.reseal.core.CoreException;
import io.reseal.files.Replica;
import io.reseal.files.SectorFiles;
import io.reseal.files.Store;
import io.reseal.files.Stores;
import io.reseal.sector.Commitment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The step that makes a snapped sector's lost key, in scratch, from the update that a store has and
 * the update's data. The key has its recorded CommR only if all of the update is right.
 */
final class KeyFromUpdate {

  private final Stores stores;
  private final Survey survey;

  KeyFromUpdate(Stores stores, Survey survey) {
    this.stores = stores;
    this.survey = survey;
  }

  /** Makes it from the first copy of the update that is right. */
  StepOutcome make(StepInputs inputs, StepWork work) throws Exception {
    SectorFacts facts = inputs.facts();
    Set<Commitment> commC = survey.possibleCommC(facts, work::run);
    List<String> faults = new ArrayList<>();
    for (Store store : stores.usable()) {
      SectorFiles.Kept update = store.files(facts.sector()).replica(Replica.UPDATE, facts.proof());
      if (update.isWhole()) {
        for (Commitment root : commC) {
          if (isMade(inputs, work, root, update.path(), faults)) {
            return StepOutcome.of(
                "the key's CommR as recorded, made from the update in store \"%s\""
                    .formatted(store.name()));
          }
        }
      }
    }
    throw new WrongSealException(
        FailureType.STORE_REPLICA_DAMAGED,
        faults.isEmpty()
            ? "No store of this host has the update of sector %s with its comm_c any more."
                .formatted(facts.sector())
            : String.join("; ", faults) + ".");
  }

  private static boolean isMade(
      StepInputs inputs, StepWork work, Commitment commC, Path update, List<String> faults)
      throws Exception {
    try {
      work.run(inputs.requests().snapKey(commC, update));
      return true;
    } catch (CoreException e) {
      if (e.file().filter(update::equals).isEmpty()) {
        throw e;
      }
      faults.add(e.getMessage());
      return false;
    }
  }
}
