package io.reseal.steps;

import io.reseal.contract.StoredCopy;
import io.reseal.files.Persisted;
import io.reseal.files.Store;
import io.reseal.files.Stores;

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
    Persisted persisted =
        stores.persist(inputs.files(), inputs.kind(), inputs.fence(), work::copied);
    stores.release(inputs.facts().sector(), inputs.fence().at());
    Store store = stores.named(persisted.store()).orElseThrow();
    return StepOutcome.stored(
        persisted.toString(),
        new StoredCopy(store.name(), store.files(inputs.facts().sector()).base().toString()));
  }

  StepOutcome check(StepInputs inputs, StepWork work) throws Exception {
    return StepOutcome.of(copies.check(inputs, work));
  }
}
