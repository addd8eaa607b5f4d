package io.reseal.worker;

import io.grpc.StatusRuntimeException;
import io.reseal.catalog.CatalogException;
import io.reseal.catalog.StoreRepository;
import io.reseal.catalog.StoreRow;
import io.reseal.config.ScrubSettings;
import io.reseal.config.WorkerConfig;
import io.reseal.config.WorkerConfig.Attached;
import io.reseal.contract.Names;
import io.reseal.contract.ScrubHours;
import io.reseal.contract.ScrubPlan;
import io.reseal.contract.ScrubRequest;
import io.reseal.contract.ScrubWorkflow;
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
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The schedules by which Temporal starts the tours of this host's stores, made to match the host's
 * file. Pausing one is an operator's matter and survives that.
 */
final class TourSchedules {

  private static final Logger LOG = LoggerFactory.getLogger(TourSchedules.class);

  /** A tour begins at least so often, to look for what is due. */
  private static final Duration MOST_BETWEEN = Duration.ofDays(1);

  private static final long RETRY_MINUTES = 1;

  private final WorkerConfig config;
  private final StoreRepository known;
  private final ScheduleClient schedules;

  TourSchedules(WorkerConfig config, StoreRepository known, ScheduleClient schedules) {
    this.config = config;
    this.known = known;
    this.schedules = schedules;
  }

  /** Does it in the background, again until Temporal and the catalog answer. */
  void keep(ScheduledExecutorService errands) {
    errands.execute(() -> attempt(errands));
  }

  private void attempt(ScheduledExecutorService errands) {
    try {
      match();
    } catch (CatalogException | ScheduleException | StatusRuntimeException e) {
      if (ScheduleErrors.isUnimplemented(e)) {
        LOG.info(
            "This Temporal server has no schedules, so stored copies are not checked by"
                + " themselves");
        return;
      }
      LOG.warn("The schedules of the stores' checks could not be brought up to date yet", e);
      var unused = errands.schedule(() -> attempt(errands), RETRY_MINUTES, TimeUnit.MINUTES);
    }
  }

  /** Creates, updates and deletes. */
  private void match() {
    List<String> wanted =
        config.scrub().isEmpty()
            ? List.of()
            : config.attached().stream().map(Attached::name).toList();
    wanted.forEach(store -> put(store, config.scrub().get()));
    Set<String> others =
        known.ofHost(config.name()).stream()
            .map(StoreRow::name)
            .filter(store -> !wanted.contains(store))
            .collect(Collectors.toSet());
    others.forEach(this::delete);
  }

  private void put(String store, ScrubSettings settings) {
    String id = Names.scrubSchedule(config.name(), store);
    Schedule schedule = schedule(id, store, settings);
    try {
      schedules.createSchedule(
          id, schedule, ScheduleOptions.newBuilder().setTriggerImmediately(true).build());
    } catch (ScheduleAlreadyRunningException e) {
      schedules
          .getHandle(id)
          .update(
              old ->
                  new ScheduleUpdate(
                      Schedule.newBuilder(schedule)
                          .setState(old.getDescription().getSchedule().getState())
                          .build()));
    }
  }

  private Schedule schedule(String id, String store, ScrubSettings settings) {
    return Schedule.newBuilder()
        .setAction(
            ScheduleActionStartWorkflow.newBuilder()
                .setWorkflowType(ScrubWorkflow.class)
                .setArguments(new ScrubRequest(config.name(), store, plan(settings), null))
                .setOptions(
                    WorkflowOptions.newBuilder()
                        .setWorkflowId(id)
                        .setTaskQueue(Names.CONTROL_QUEUE)
                        .setStaticSummary(
                            "Checks the copies in store %s on %s".formatted(store, config.name()))
                        // Without these, Temporal's client cannot read the schedule.
                        .setStaticDetails(
                            "Its progress is shown while it runs, and by `reseal scrub list`.")
                        .build())
                .build())
        .setSpec(
            ScheduleSpec.newBuilder()
                .setIntervals(List.of(new ScheduleIntervalSpec(interval(settings))))
                .build())
        .setPolicy(
            SchedulePolicy.newBuilder()
                .setOverlap(ScheduleOverlapPolicy.SCHEDULE_OVERLAP_POLICY_SKIP)
                .build())
        .build();
  }

  private ScrubPlan plan(ScrubSettings settings) {
    return new ScrubPlan(
        settings.sampleEvery().orElse(null),
        settings.fullEvery().orElse(null),
        settings
            .hours()
            .map(
                hours ->
                    new ScrubHours(
                        hours.from().toString(),
                        hours.to().toString(),
                        ZoneId.systemDefault().getId()))
            .orElse(null),
        settings.bytesPerSecond().orElse(null),
        settings.readers(),
        config.autoRepair());
  }

  private static Duration interval(ScrubSettings settings) {
    return Stream.concat(settings.sampleEvery().stream(), settings.fullEvery().stream())
        .filter(every -> every.compareTo(MOST_BETWEEN) < 0)
        .min(Duration::compareTo)
        .orElse(MOST_BETWEEN);
  }

  private void delete(String store) {
    try {
      schedules.getHandle(Names.scrubSchedule(config.name(), store)).delete();
    } catch (ScheduleException | StatusRuntimeException e) {
      if (!ScheduleErrors.isNotThere(e)) {
        throw e;
      }
    }
  }
}
