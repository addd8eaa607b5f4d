package io.reseal.contract;

import io.reseal.sector.SectorId;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import java.util.List;

/** Short tasks for a batch that any worker can do. */
@ActivityInterface
public interface BatchActivities {

  /** The batch's sectors from an ordinal on, in order; fewer than requested only at its end. */
  @ActivityMethod(name = "ReadBatch")
  List<BatchSector> read(String batch, int from, int count);

  /**
   * The status of those sectors that have had a rebuild since the batch was requested, or that need
   * one to be started again, because no rebuild is running. What Temporal has ended without the
   * catalog's knowledge is recorded first.
   */
  @ActivityMethod(name = "AskRebuilds")
  List<BatchNews> ask(String batch, List<SectorId> sectors);

  /** Records the batch's state; repeating it changes nothing. */
  @ActivityMethod(name = "RecordBatch")
  void record(String batch, BatchState state, String note);

  /** Resumes each of the sectors' rebuilds; returns how many of them continue. */
  @ActivityMethod(name = "ResumeParked")
  int resumeParked(List<SectorId> sectors, String by);
}
