package io.reseal.contract;

import io.reseal.sector.SectorId;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import java.util.List;

/** Short work for a batch that any worker can do. */
@ActivityInterface
public interface BatchActivities {

  /** The batch's sectors from an ordinal on, in order; fewer than asked for at its end only. */
  @ActivityMethod(name = "ReadBatch")
  List<BatchSector> read(String batch, int from, int count);

  /** How the catalog has those of the sectors that have a rebuild since the batch was asked for. */
  @ActivityMethod(name = "AskRebuilds")
  List<BatchNews> ask(String batch, List<SectorId> sectors);

  /** Writes where the batch is; repeating it changes nothing. */
  @ActivityMethod(name = "RecordBatch")
  void record(String batch, BatchState state, String note);

  /** Tells each of the sectors' rebuilds to go on; returns how many of them do. */
  @ActivityMethod(name = "ResumeParked")
  int resumeParked(List<SectorId> sectors, String by);
}
