package io.reseal.steps;

import io.reseal.catalog.Catalog;
import io.reseal.contract.HoldActivities;
import io.reseal.contract.HostCommandActivities;
import io.reseal.contract.SealingActivities;
import io.temporal.client.WorkflowClient;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Creates the activities of one sealing host, and stops them all. */
public final class HostActivities {

  private final HoldActivitiesImpl holds;
  private final SealingActivitiesImpl steps;
  private final HostCommandActivitiesImpl commands;

  /** A worker that has not renewed its lease for longer does not run. */
  private static final Duration WORKER_LIMIT = Duration.ofSeconds(30);

  private final StepRunner runner;

  /**
   * @param catalog records failures and operators' commands
   * @param scheduler sends the heartbeats of everything that runs here
   * @param outageOver how long ago Temporal's last outage ended
   * @param drained called with the id of a workflow that asks to drain this host
   */
  public HostActivities(
      HostParts host,
      Catalog catalog,
      WorkflowClient client,
      ScheduledExecutorService scheduler,
      Supplier<Optional<Duration>> outageOver,
      Consumer<String> drained) {
    this.runner =
        new StepRunner(
            host,
            catalog.runs()::noteError,
            new LearnedTimes(catalog.runs())::usualMillis,
            scheduler);
    this.steps =
        new SealingActivitiesImpl(
            runner, host, catalog.proofs(), catalog.roots(), catalog.copies(), scheduler);
    this.holds =
        new HoldActivitiesImpl(
            host.name(),
            host.threads(),
            host.stores(),
            catalog.runs(),
            client,
            scheduler,
            outageOver,
            () -> catalog.workerLeases().othersTakeRebuilds(host.name(), WORKER_LIMIT));
    this.commands =
        new HostCommandActivitiesImpl(
            host.threads(), runner, catalog.hostCommands(), client, drained);
  }

  public HoldActivities holds() {
    return holds;
  }

  public SealingActivities steps() {
    return steps;
  }

  public HostCommandActivities commands() {
    return commands;
  }

  /** Stops everything that runs here at once; all of it can be resumed. */
  public void stopAll() {
    holds.stopAll();
    runner.stopAll();
  }
}
