package io.reseal.contract;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Compares the catalog with Temporal. */
@ActivityInterface
public interface ReconcileActivities {

  /**
   * Ends in the catalog what Temporal no longer runs, and notifies the batches. Returns a sentence.
   */
  @ActivityMethod(name = "Reconcile")
  String reconcile();
}
