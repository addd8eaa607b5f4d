package io.reseal.cli.losses;

import io.grpc.StatusRuntimeException;
import io.reseal.contract.LossScanWorkflow;
import io.reseal.contract.Names;
import io.reseal.temporal.ScheduleErrors;
import io.temporal.api.enums.v1.ScheduleOverlapPolicy;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.schedules.Schedule;
import io.temporal.client.schedules.ScheduleActionStartWorkflow;
import io.temporal.client.schedules.ScheduleAlreadyRunningException;
import io.temporal.client.schedules.ScheduleClient;
import io.temporal.client.schedules.ScheduleException;
import io.temporal.client.schedules.ScheduleIntervalSpec;
import io.temporal.client.schedules.ScheduleOptions;
import io.temporal.client.schedules.SchedulePolicy;
import io.temporal.client.schedules.ScheduleSpec;
import io.temporal.client.schedules.ScheduleUpdate;
import java.time.Duration;
import java.util.List;

/** The schedule by which Temporal begins a miner's scans. */
final class LossSchedule {

  private final ScheduleClient schedules;
  private final long miner;
  private final String id;

  LossSchedule(ScheduleClient schedules, long miner) {
    this.schedules = schedules;
    this.miner = miner;
    this.id = Names.lossScanWorkflowId(miner);
  }

  /** Has a scan begin this often, the first one now. */
  void put(Duration every) {
    Schedule schedule = schedule(every);
    try {
      schedules.createSchedule(
          id, schedule, ScheduleOptions.newBuilder().setTriggerImmediately(true).build());
    } catch (ScheduleAlreadyRunningException e) {
      schedules.getHandle(id).update(old -> new ScheduleUpdate(schedule));
      schedules.getHandle(id).trigger(ScheduleOverlapPolicy.SCHEDULE_OVERLAP_POLICY_SKIP);
    }
  }

  /**
   * Has no more scans begin.
   *
   * @return whether any did
   */
  boolean delete() {
    try {
      schedules.getHandle(id).delete();
      return true;
    } catch (ScheduleException | StatusRuntimeException e) {
      if (ScheduleErrors.isNotThere(e)) {
        return false;
      }
      throw e;
    }
  }

  private Schedule schedule(Duration every) {
    return Schedule.newBuilder()
        .setAction(
            ScheduleActionStartWorkflow.newBuilder()
                .setWorkflowType(LossScanWorkflow.class)
                .setArguments(miner)
                .setOptions(
                    WorkflowOptions.newBuilder()
                        .setWorkflowId(id)
                        .setTaskQueue(Names.CONTROL_QUEUE)
                        .setStaticSummary("Compares f0%d with its stores".formatted(miner))
                        // Without these, Temporal's client cannot read the schedule.
                        .setStaticDetails("`reseal losses f0%d` shows it.".formatted(miner))
                        .build())
                .build())
        .setSpec(
            ScheduleSpec.newBuilder()
                .setIntervals(List.of(new ScheduleIntervalSpec(every)))
                .build())
        .setPolicy(
            SchedulePolicy.newBuilder()
                .setOverlap(ScheduleOverlapPolicy.SCHEDULE_OVERLAP_POLICY_SKIP)
                .build())
        .build();
  }
}
