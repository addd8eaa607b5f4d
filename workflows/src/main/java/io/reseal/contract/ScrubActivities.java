package io.reseal.contract;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** A host's part in the checks of its stores' copies. */
@ActivityInterface
public interface ScrubActivities {

  /** Which copies in a store are to be checked next. */
  @ActivityMethod(name = "FindDueCopies")
  ScrubDue due(ScrubQuestion question);

  /** Checks copies and records what was found of each at once. */
  @ActivityMethod(name = "CheckCopies")
  ScrubFindings check(ScrubPortion portion);

  /** Starts rebuilds of sectors with damaged copies in a store, a few at a time. */
  @ActivityMethod(name = "RepairDamaged")
  ScrubRepairs repair(String store);
}
