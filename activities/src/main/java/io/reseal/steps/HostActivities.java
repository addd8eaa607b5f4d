package io.reseal.steps;

import io.reseal.catalog.Catalog;
import io.reseal.contract.HoldActivities;
import io.reseal.contract.HostCommandActivities;
import io.reseal.contract.SealingActivities;
import io.reseal.core.NativeCore;
import io.reseal.core.StageProgram;
import io.reseal.files.Stores;
import io.reseal.gpu.GpuStages;
import io.reseal.labelling.Labelling;
import io.reseal.pieces.Pieces;
import io.reseal.threads.SealingThreads;
import io.temporal.client.WorkflowClient;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;

/** The activities of one sealing host, and how all of them are stopped. */
public final class HostActivities {

  private final HoldActivitiesImpl holds;
  private final SealingActivitiesImpl steps;
  private final HostCommandActivitiesImpl commands;
  private final StepRunner runner;

  /**
   * @param host the host's configured name
   * @param labelling where sectors are labelled together; empty where each is by itself
   * @param catalog where failures and operators' commands are recorded
   * @param scheduler sends the heartbeats of everything that runs here
   * @param drained told the id of the workflow that wants this host drained
   */
  public HostActivities(
      String host,
      SealingThreads threads,
      StageProgram program,
      Optional<Labelling> labelling,
      GpuStages gpus,
      Pieces pieces,
      Stores stores,
      NativeCore core,
      Catalog catalog,
      WorkflowClient client,
      ScheduledExecutorService scheduler,
      Consumer<String> drained) {
    this.runner = new StepRunner(threads, program, labelling, gpus, catalog.runs(), scheduler);
    this.steps =
        new SealingActivitiesImpl(
            runner, threads, pieces, stores, core, new Proving(stores, catalog.proofs()));
    this.holds = new HoldActivitiesImpl(host, threads, client, scheduler);
    this.commands =
        new HostCommandActivitiesImpl(threads, runner, catalog.hostCommands(), client, drained);
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

  /** Ends everything that runs here at once; all of it can be resumed. */
  public void stopAll() {
    holds.stopAll();
    runner.stopAll();
  }
}
