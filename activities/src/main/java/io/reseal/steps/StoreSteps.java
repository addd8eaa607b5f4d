package io.reseal.steps;

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
    return StepOutcome.of(
        stores.persist(inputs.files(), inputs.kind(), inputs.fence(), work::copied).toString());
  }

  StepOutcome check(StepInputs inputs, StepWork work) throws Exception {
    return StepOutcome.of(copies.check(inputs, work));
  }
}
