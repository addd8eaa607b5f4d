package io.reseal.steps;

import io.reseal.contract.StoredCopy;
import io.reseal.files.Persisted;
import io.reseal.files.Placement;
import io.reseal.files.Store;
import io.reseal.files.Stores;
import java.util.Map;
import java.util.TreeMap;

/** The steps that put the sealed files into a store and check them there. */
final class StoreSteps {

  private final Stores stores;
  private final StoredCopies copies;

  StoreSteps(Stores stores, StoredCopies copies) {
    this.stores = stores;
    this.copies = copies;
  }

  StepOutcome persist(StepInputs inputs, StepWork work) throws Exception {
    KeptCheck.requireDigests(inputs, work);
    UnsealedSteps.requireDigest(inputs, work);
    Persisted persisted =
        inputs.keepsDirectories()
            ? stores.persistBeside(inputs.files(), inputs.kind(), inputs.fence(), work::copied)
            : stores.persist(inputs.files(), inputs.kind(), inputs.fence(), work::copied);
    stores.release(inputs.facts().sector(), inputs.fence().at());
    return StepOutcome.stored(persisted.toString(), copy(persisted.placement()));
  }

  /** The first store counts as the copy's, the others as exceptions. */
  static StoredCopy copy(Placement placement) {
    Store first = placement.distinct().get(0);
    Map<String, StoredCopy> elsewhere = new TreeMap<>();
    placement
        .stores()
        .forEach(
            (type, store) -> {
              if (store != first) {
                elsewhere.put(type.folder(), new StoredCopy(store.name(), store.root().toString()));
              }
            });
    return new StoredCopy(
        first.name(), first.root().toString(), elsewhere.isEmpty() ? null : elsewhere);
  }

  StepOutcome check(StepInputs inputs, StepWork work) throws Exception {
    return StepOutcome.of(copies.check(inputs, work));
  }
}
