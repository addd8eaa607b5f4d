package io.reseal.fleet;

import io.reseal.contract.FailureType;
import io.reseal.contract.ReleaseRequest;
import io.reseal.contract.SealingActivities;
import io.reseal.contract.SectorFacts;
import io.reseal.contract.StageReport;
import io.reseal.contract.StageRequest;
import io.reseal.contract.StoredCopy;
import io.reseal.contract.ThreadGrant;
import io.reseal.plan.Step;
import io.reseal.plan.Unsealing;
import io.reseal.sector.Commitment;
import io.reseal.sector.RebuildState;
import io.reseal.steps.Heartbeat;
import io.temporal.activity.Activity;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Steps that take as long as real ones, divided by a number, and touch nothing. */
final class SimulatedSteps implements SealingActivities {

  private final String host;
  private final Pace pace;
  private final SimulatedThreads threads;
  private final ScheduledExecutorService scheduler;
  private final Set<CountDownLatch> running = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;

  SimulatedSteps(
      String host, Pace pace, SimulatedThreads threads, ScheduledExecutorService scheduler) {
    this.host = host;
    this.pace = pace;
    this.threads = threads;
    this.scheduler = scheduler;
  }

  private StageReport take(StageRequest request) {
    long began = System.currentTimeMillis();
    CountDownLatch ended = new CountDownLatch(1);
    try (Heartbeat heartbeat =
        new Heartbeat(
            scheduler,
            Activity.getExecutionContext(),
            () -> request.step().title(),
            ended::countDown,
            ended::countDown)) {
      work(request.step(), ended);
      heartbeat.throwIfUnwanted();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw stopped();
    }
    return new StageReport(
        began,
        System.currentTimeMillis(),
        pace.millis(request.step()),
        Activity.getExecutionContext().getInfo().getAttempt(),
        null,
        null,
        0,
        request.step() == Step.PERSIST ? new StoredCopy("simulated", "/simulated") : null,
        null,
        "simulated");
  }

  /** Takes the step's time, unless it is canceled or the host stops. */
  private void work(Step step, CountDownLatch canceled) throws InterruptedException {
    running.add(canceled);
    try {
      var unused =
          scheduler.schedule(canceled::countDown, pace.millis(step), TimeUnit.MILLISECONDS);
      if (!stopping) {
        canceled.await();
      }
    } finally {
      running.remove(canceled);
    }
    if (stopping) {
      throw stopped();
    }
  }

  private ApplicationFailure stopped() {
    return ApplicationFailure.newFailure(host + " is stopping.", FailureType.HOST_STOPPING.code());
  }

  /** Ends what runs. */
  void stop() {
    stopping = true;
    running.forEach(CountDownLatch::countDown);
  }

  @Override
  public StageReport fetchPieces(StageRequest request) {
    return take(request);
  }

  @Override
  public StageReport downloadPieces(StageRequest request) {
    return take(request);
  }

  @Override
  public StageReport addPieces(StageRequest request) {
    return take(request);
  }

  @Override
  public StageReport treeD(StageRequest request) {
    return take(request);
  }

  @Override
  public StageReport pc1(StageRequest request) {
    return take(request);
  }

  @Override
  public StageReport pc2(StageRequest request) {
    return take(request);
  }

  @Override
  public StageReport encode(StageRequest request) {
    return take(request);
  }

  @Override
  public StageReport synthetic(StageRequest request) {
    return take(request);
  }

  @Override
  public StageReport checkSealed(StageRequest request) {
    return take(request);
  }

  @Override
  public StageReport checkEncoded(StageRequest request) {
    return take(request);
  }

  @Override
  public StageReport c1(StageRequest request) {
    return take(request);
  }

  @Override
  public StageReport c2(StageRequest request) {
    return take(request);
  }

  @Override
  public StageReport snapAddPieces(StageRequest request) {
    return take(request);
  }

  @Override
  public StageReport snapTreeD(StageRequest request) {
    return take(request);
  }

  @Override
  public StageReport snapEncode(StageRequest request) {
    return take(request);
  }

  @Override
  public StageReport checkSnap(StageRequest request) {
    return take(request);
  }

  @Override
  public StageReport persist(StageRequest request) {
    return take(request);
  }

  @Override
  public StageReport repairKey(StageRequest request) {
    return take(request);
  }

  @Override
  public StageReport keyAddPieces(StageRequest request) {
    return take(request);
  }

  @Override
  public StageReport snapKey(StageRequest request) {
    return take(request);
  }

  @Override
  public StageReport repairUpdate(StageRequest request) {
    return take(request);
  }

  @Override
  public StageReport repair(StageRequest request) {
    return take(request);
  }

  @Override
  public StageReport decode(StageRequest request) {
    return take(request);
  }

  @Override
  public StageReport checkStored(StageRequest request) {
    return take(request);
  }

  @Override
  public List<RebuildState> usableStates(
      SectorFacts facts, ThreadGrant thread, String keyIn, Commitment commC, Unsealing unsealing) {
    return List.of();
  }

  @Override
  public void release(ReleaseRequest request) {
    threads.release(request.thread());
  }
}
