package io.reseal.rebuild;

import io.reseal.contract.ReleaseRequest;
import io.reseal.contract.SealingActivities;
import io.reseal.contract.SectorFacts;
import io.reseal.contract.StageReport;
import io.reseal.contract.StageRequest;
import io.reseal.contract.ThreadGrant;
import io.reseal.plan.Step;
import io.reseal.sector.RebuildState;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCanceledException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A sealing host whose steps do nothing, fail as told, or wait until they are cancelled. */
final class FakeHost implements SealingActivities {

  private final String name;
  private final Map<Step, Deque<RuntimeException>> failures = new EnumMap<>(Step.class);
  private final Map<Step, CountDownLatch> gates = new EnumMap<>(Step.class);
  private final Map<Step, CountDownLatch> entered = new EnumMap<>(Step.class);
  private final List<Step> ran = new ArrayList<>();
  private final List<Step> cancelled = new ArrayList<>();
  private final List<ReleaseRequest> releases = new ArrayList<>();
  private CountDownLatch released = new CountDownLatch(1);
  private boolean silent;

  FakeHost(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  ThreadGrant grant() {
    return new ThreadGrant(name, 0, "/scratch/" + name, null, null);
  }

  synchronized FakeHost failing(Step step, RuntimeException... with) {
    failures.computeIfAbsent(step, unused -> new ArrayDeque<>()).addAll(List.of(with));
    return this;
  }

  /** The step heartbeats until {@link #open} or until it is cancelled. */
  synchronized FakeHost holdingAt(Step step) {
    gates.put(step, new CountDownLatch(1));
    entered.put(step, new CountDownLatch(1));
    return this;
  }

  void awaitEntered(Step step) throws InterruptedException {
    CountDownLatch latch;
    synchronized (this) {
      latch = entered.get(step);
    }
    if (!latch.await(60, TimeUnit.SECONDS)) {
      throw new AssertionError(step + " was not reached.");
    }
  }

  synchronized void open(Step step) {
    gates.get(step).countDown();
  }

  /** From now on the host's hold fails, as when its heartbeats stop. */
  synchronized void fallSilent() {
    silent = true;
  }

  synchronized boolean isSilent() {
    return silent;
  }

  synchronized List<Step> ran() {
    return List.copyOf(ran);
  }

  synchronized List<Step> cancelledSteps() {
    return List.copyOf(cancelled);
  }

  synchronized List<ReleaseRequest> releases() {
    return List.copyOf(releases);
  }

  synchronized CountDownLatch held() {
    released = new CountDownLatch(1);
    return released;
  }

  @Override
  public StageReport fetchPieces(StageRequest request) {
    return run(request);
  }

  @Override
  public StageReport addPieces(StageRequest request) {
    return run(request);
  }

  @Override
  public StageReport treeD(StageRequest request) {
    return run(request);
  }

  @Override
  public StageReport pc1(StageRequest request) {
    return run(request);
  }

  @Override
  public StageReport pc2(StageRequest request) {
    return run(request);
  }

  @Override
  public StageReport checkSealed(StageRequest request) {
    return run(request);
  }

  @Override
  public StageReport c1(StageRequest request) {
    return run(request);
  }

  @Override
  public StageReport c2(StageRequest request) {
    return run(request);
  }

  @Override
  public List<RebuildState> usableStates(SectorFacts facts, ThreadGrant thread) {
    return List.of();
  }

  @Override
  public StageReport persist(StageRequest request) {
    return run(request);
  }

  @Override
  public StageReport checkStored(StageRequest request) {
    return run(request);
  }

  @Override
  public synchronized void release(ReleaseRequest request) {
    releases.add(request);
    released.countDown();
  }

  private StageReport run(StageRequest request) {
    CountDownLatch gate;
    synchronized (this) {
      ran.add(request.step());
      Deque<RuntimeException> planned = failures.getOrDefault(request.step(), new ArrayDeque<>());
      if (!planned.isEmpty()) {
        throw planned.remove();
      }
      gate = gates.get(request.step());
      if (gate != null) {
        entered.get(request.step()).countDown();
      }
    }
    if (gate != null) {
      waitAt(gate, request.step());
    }
    return new StageReport(
        1, 2, 1, Activity.getExecutionContext().getInfo().getAttempt(), null, "done");
  }

  private void waitAt(CountDownLatch gate, Step step) {
    ActivityExecutionContext context = Activity.getExecutionContext();
    try {
      while (!gate.await(20, TimeUnit.MILLISECONDS)) {
        context.heartbeat(step.title());
      }
    } catch (ActivityCanceledException e) {
      synchronized (this) {
        cancelled.add(step);
      }
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
