package io.reseal.contract;

import io.reseal.sector.SectorId;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import java.util.List;

/** Short tasks that any worker can do: the catalog's side of a rebuild. */
@ActivityInterface
public interface ControlActivities {

  /**
   * Reads the sector's inputs from the catalog, checks that they fit together and completes them.
   * Fails permanently with {@link FailureType#SECTOR_UNKNOWN} or {@link
   * FailureType#SECTOR_INPUTS_INVALID}.
   */
  @ActivityMethod(name = "Inspect")
  SectorFacts inspect(SectorId sector);

  /**
   * The seed of the sector's proof, if known now: if the catalog lacks it, asks the chain and
   * stores the answer. Fails permanently with {@link FailureType#SECTOR_INPUTS_INVALID} if the
   * chain draws it at a height other than the recorded one.
   */
  @ActivityMethod(name = "AskSeed")
  SeedAnswer askSeed(SectorId sector);

  /**
   * The host that can best make a sector whole from what its stores have, as far as checks have
   * recorded that, if it has a sealing thread that takes work; otherwise null, and if there is no
   * other host.
   */
  @ActivityMethod(name = "HostWithCopies")
  String hostWithCopies(SectorId sector);

  /**
   * Inputs that the sector may have been sealed with instead of the recorded ones. While nodes do
   * not answer, those that only they know are left out, and a remark says so.
   *
   * @param most how many
   * @param computed the roots that the recorded inputs gave, as the hexadecimal content of {@code
   *     p_aux}; null if they were not sealed yet
   */
  @ActivityMethod(name = "RankCandidates")
  Candidates candidates(SectorId sector, int most, String computed);

  /**
   * Stores inputs as those of the record, because they gave the recorded CommR.
   *
   * @return what was changed, or why nothing could be, as a sentence
   */
  @ActivityMethod(name = "StoreProvenInputs")
  String storeProven(Candidate proven);

  /** Writes the run's row and its new state changes; repeating it changes nothing. */
  @ActivityMethod(name = "Record")
  void record(RunRecord run, List<StateChange> changes);
}
