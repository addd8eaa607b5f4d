package io.reseal.contract;

import io.reseal.sector.SectorId;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import java.util.List;

/** Short work that any worker can do: the catalog's side of a rebuild. */
@ActivityInterface
public interface ControlActivities {

  /**
   * Reads the sector's inputs from the catalog, checks that they fit together and completes them.
   * Fails for good with {@link FailureType#SECTOR_UNKNOWN} or {@link
   * FailureType#SECTOR_INPUTS_INVALID}.
   */
  @ActivityMethod(name = "Inspect")
  SectorFacts inspect(SectorId sector);

  /**
   * The seed of the sector's proof as far as it is known now: what the catalog lacks, the chain is
   * asked for, and its answer kept. Fails for good with {@link FailureType#SECTOR_INPUTS_INVALID}
   * where the chain draws it at another height than the record says.
   */
  @ActivityMethod(name = "AskSeed")
  SeedAnswer askSeed(SectorId sector);

  /** Writes the run's row and its new state changes; repeating it changes nothing. */
  @ActivityMethod(name = "Record")
  void record(RunRecord run, List<StateChange> changes);
}
