package io.reseal.sealing;

import io.reseal.catalog.ProofRepository;
import io.reseal.catalog.RunRepository;
import io.reseal.contract.HoldActivities;
import io.reseal.contract.SealingActivities;
import io.reseal.core.StageProgram;
import io.reseal.files.Stores;
import io.reseal.pieces.LocalPieces;
import io.reseal.threads.SealingThreads;
import io.temporal.client.WorkflowClient;
import java.util.concurrent.ScheduledExecutorService;

/** The activities of one sealing host, and how all of them are stopped. */
public final class HostActivities {

  private final HoldActivitiesImpl holds;
  private final SealingActivitiesImpl steps;
  private final StepRunner runner;

  /**
   * @param host the host's configured name
   * @param scheduler sends the heartbeats of everything that runs here
   */
  public HostActivities(
      String host,
      SealingThreads threads,
      StageProgram program,
      LocalPieces pieces,
      Stores stores,
      RunRepository runs,
      ProofRepository proofs,
      WorkflowClient client,
      ScheduledExecutorService scheduler) {
    this.runner = new StepRunner(threads, program, runs, scheduler);
    this.steps =
        new SealingActivitiesImpl(runner, threads, pieces, stores, new Proving(stores, proofs));
    this.holds = new HoldActivitiesImpl(host, threads, client, scheduler);
  }

  public HoldActivities holds() {
    return holds;
  }

  public SealingActivities steps() {
    return steps;
  }

  /** Ends everything that runs here at once; all of it can be resumed. */
  public void stopAll() {
    holds.stopAll();
    runner.stopAll();
  }
}
