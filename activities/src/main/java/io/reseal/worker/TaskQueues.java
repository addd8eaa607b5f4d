package io.reseal.worker;

import io.reseal.batch.BatchWorkflowImpl;
import io.reseal.config.ScrubSettings;
import io.reseal.config.WorkerConfig;
import io.reseal.contract.HoldActivities;
import io.reseal.contract.HostCommandActivities;
import io.reseal.contract.Names;
import io.reseal.contract.SealingActivities;
import io.reseal.follow.FollowWorkflowImpl;
import io.reseal.host.HostCommandWorkflowImpl;
import io.reseal.plan.Step;
import io.reseal.rebuild.RebuildWorkflowImpl;
import io.reseal.reconcile.ReconcileWorkflowImpl;
import io.reseal.scan.LossScanWorkflowImpl;
import io.reseal.scrub.ScrubWorkflowImpl;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerOptions;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;

/** Every task queue that a host serves, with its activities and number of slots. */
public final class TaskQueues {

  /** Cancellation arrives in answers to heartbeats; this is its maximum delay. */
  private static final Duration HEARTBEAT_THROTTLE = Duration.ofSeconds(1);

  /** How many operators' commands can be carried out at a time. */
  private static final int COMMANDS = 4;

  private final WorkerFactory factory;
  private final WorkerConfig config;
  private final Function<Step.Resource, OptionalInt> ofGpus;
  private final List<Worker> holds;

  /**
   * @param ofGpus how many slots the host's GPUs give a resource, if any does it
   */
  public TaskQueues(
      WorkerFactory factory, WorkerConfig config, Function<Step.Resource, OptionalInt> ofGpus) {
    this.factory = factory;
    this.config = config;
    this.ofGpus = ofGpus;
    int threads = config.threads().size();
    this.holds =
        List.of(
            factory.newWorker(Names.HOLD_QUEUE, activitiesOnly(threads)),
            factory.newWorker(Names.hostHoldQueue(config.name()), activitiesOnly(threads)));
  }

  /** The workers on the queues where sealing threads are asked for. */
  public List<Worker> holds() {
    return holds;
  }

  /**
   * @param hold holding its sealing threads
   * @param steps the steps of rebuilds
   * @param commands operators' commands to the host
   * @param ofStores the work in this host's stores that belongs to no sealing thread
   * @param control the short work that any worker does
   */
  public void register(
      HoldActivities hold,
      SealingActivities steps,
      HostCommandActivities commands,
      List<Object> ofStores,
      List<Object> control) {
    Worker any =
        factory.newWorker(
            Names.CONTROL_QUEUE,
            WorkerOptions.newBuilder()
                .setMaxConcurrentActivityTaskPollers(2)
                .setMaxConcurrentWorkflowTaskPollers(2)
                .build());
    any.registerWorkflowImplementationTypes(
        RebuildWorkflowImpl.class,
        BatchWorkflowImpl.class,
        ReconcileWorkflowImpl.class,
        HostCommandWorkflowImpl.class,
        ScrubWorkflowImpl.class,
        LossScanWorkflowImpl.class,
        FollowWorkflowImpl.class);
    any.registerActivitiesImplementations(control.toArray());
    holds.forEach(worker -> worker.registerActivitiesImplementations(hold));
    factory
        .newWorker(Names.hostControlQueue(config.name()), activitiesOnly(COMMANDS))
        .registerActivitiesImplementations(commands);
    factory
        .newWorker(Names.hostScrubQueue(config.name()), activitiesOnly(scrubSlots()))
        .registerActivitiesImplementations(ofStores.toArray());
    for (Step.Resource resource : Step.Resource.values()) {
      if (resource != Step.Resource.NONE) {
        factory
            .newWorker(Names.hostQueue(config.name(), resource), activitiesOnly(slots(resource)))
            .registerActivitiesImplementations(steps);
      }
    }
  }

  /** The IO queue has more slots than copies can fill, because threads are released on it too. */
  private int slots(Step.Resource resource) {
    int threads = config.threads().size();
    return resource == Step.Resource.IO
        ? 2 * threads + 2
        : config.slots(resource, ofGpus.apply(resource).orElse(threads));
  }

  /** So many that a store that hangs keeps no other store's checks waiting. */
  private int scrubSlots() {
    int readers = config.scrub().map(ScrubSettings::readers).orElse(1);
    return Math.max(1, config.attached().size()) * (readers + 1);
  }

  private static WorkerOptions activitiesOnly(int slots) {
    return WorkerOptions.newBuilder()
        .setMaxConcurrentActivityExecutionSize(slots)
        .setMaxConcurrentActivityTaskPollers(1)
        .setMaxHeartbeatThrottleInterval(HEARTBEAT_THROTTLE)
        .setDefaultHeartbeatThrottleInterval(HEARTBEAT_THROTTLE)
        .setDisableEagerExecution(true)
        .build();
  }
}
