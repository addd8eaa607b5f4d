package io.reseal.rebuild;

import io.reseal.contract.ReleaseRequest;
import io.reseal.contract.SealingActivities;
import io.reseal.contract.SectorFacts;
import io.reseal.contract.StageReport;
import io.reseal.contract.StageRequest;
import io.reseal.contract.StoredCopy;
import io.reseal.contract.ThreadGrant;
import io.reseal.plan.LostKey;
import io.reseal.plan.Repair;
import io.reseal.plan.Step;
import io.reseal.plan.Unsealing;
import io.reseal.sector.Commitment;
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
  private final Map<Step, RuntimeException> gateFailures = new EnumMap<>(Step.class);
  private final List<Step> ran = new ArrayList<>();
  private final List<Step> cancelled = new ArrayList<>();
  private final List<ReleaseRequest> releases = new ArrayList<>();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final CountDownLatch everHeld = new CountDownLatch(1);
  private CountDownLatch stopGate = new CountDownLatch(0);
  private Step lingering;
  private boolean releasedTooEarly;
  private CountDownLatch released = new CountDownLatch(1);
  private boolean silent;
  private boolean takesItsOwnHolds = true;
  private Step silentStep;
  private final CountDownLatch triedAgain = new CountDownLatch(1);
  private int held;
  private Meanwhile duringRelease = () -> {};
  private List<RebuildState> usable = List.of();
  private RuntimeException usableFailure;
  private String intactIn;
  private String keyIn;
  private Repair repair;
  private String keyLost;
  private Unsealing unsealing;
  private Unsealing withoutPieces;
  private boolean leavesKey;
  private String askedKeyIn;
  private Unsealing askedUnsealing;
  private int toDownload;
  private Integer maxRetries;
  private final List<StageRequest> requests = new ArrayList<>();

  FakeHost(String name) {
    this.name = name;
  }

  /** A step on its thread is retried so often only. */
  FakeHost withMaxRetries(int retries) {
    maxRetries = retries;
    return this;
  }

  /** A store of this host has the sector. */
  FakeHost withIntactCopyIn(String store) {
    intactIn = store;
    return this;
  }

  /** A store of this host has the key of a snapped sector, and nothing has its update. */
  FakeHost withKeyIn(String store) {
    keyIn = store;
    return this;
  }

  /** The stores of this host lack files that can be made from what they have. */
  FakeHost withRepair(Repair possible) {
    repair = possible;
    keyIn = possible.updateIn() == null ? possible.sealedIn() : null;
    return this;
  }

  /** A store of this host has the update of a snapped sector, and nothing gives its key. */
  FakeHost withLostKey(String why) {
    keyLost = why;
    return this;
  }

  /** It answers a request for the unsealed copy with this. */
  FakeHost unsealing(Unsealing how) {
    unsealing = how;
    withoutPieces = how;
    return this;
  }

  /** The same, and with the other if a piece did not arrive. */
  FakeHost unsealing(Unsealing how, Unsealing otherwise) {
    unsealing = how;
    withoutPieces = otherwise;
    return this;
  }

  /** A lost key that the rebuild leaves is all that a store of this host lacks. */
  FakeHost leavingItsKey() {
    leavesKey = true;
    return this;
  }

  /** Where the key was said to be when its scratch was looked at. */
  synchronized String askedKeyIn() {
    return askedKeyIn;
  }

  synchronized Unsealing askedUnsealing() {
    return askedUnsealing;
  }

  /** So many pieces are within reach, but not on the host. */
  FakeHost withPiecesToDownload(int pieces) {
    toDownload = pieces;
    return this;
  }

  synchronized FakeHost withUsable(RebuildState... states) {
    usable = List.of(states);
    return this;
  }

  synchronized FakeHost failingToLook(RuntimeException with) {
    usableFailure = with;
    return this;
  }

  synchronized List<StageRequest> requests() {
    return List.copyOf(requests);
  }

  String name() {
    return name;
  }

  ThreadGrant grant() {
    return new ThreadGrant(name, 0, "/scratch/" + name, maxRetries, null, null);
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

  /** The first attempt of the step sends no heartbeats until the step is tried again. */
  synchronized FakeHost silentOnceAt(Step step) {
    silentStep = step;
    return this;
  }

  /** The step fails when its gate is opened. */
  synchronized FakeHost failingAtGate(Step step, RuntimeException with) {
    gateFailures.put(step, with);
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

  /** A canceled step goes on until {@link #stop}. */
  synchronized void slowToStop() {
    stopGate = new CountDownLatch(1);
  }

  /** Once canceled the step goes on for a second, or until its thread is released meanwhile. */
  FakeHost lingeringAt(Step step) {
    lingering = step;
    return this;
  }

  /** Whether the thread was released while the lingering step still ran. */
  synchronized boolean wasReleasedTooEarly() {
    return releasedTooEarly;
  }

  void awaitStopping() throws InterruptedException {
    if (!stopping.await(60, TimeUnit.SECONDS)) {
      throw new AssertionError("No step was canceled.");
    }
  }

  synchronized void stop() {
    stopGate.countDown();
  }

  /** Waits until its thread is held. */
  void awaitHeld() throws InterruptedException {
    if (!everHeld.await(60, TimeUnit.SECONDS)) {
      throw new AssertionError(name + " was not held.");
    }
  }

  /** From now on the host's hold fails, as when its heartbeats stop. */
  synchronized void fallSilent() {
    silent = true;
  }

  /** It works again. */
  synchronized void comeBack() {
    silent = false;
  }

  /** Nobody takes holds from its own queue. */
  FakeHost withoutItsOwnHolds() {
    takesItsOwnHolds = false;
    return this;
  }

  boolean takesItsOwnHolds() {
    return takesItsOwnHolds;
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
    held++;
    return released;
  }

  /** Its hold has ended. */
  synchronized void notHeld() {
    held--;
  }

  /** How many holds of its thread have not ended. */
  synchronized int heldNow() {
    return held;
  }

  /** Its hold has told the workflow. */
  void signalled() {
    everHeld.countDown();
  }

  @Override
  public StageReport fetchPieces(StageRequest request) {
    return run(request);
  }

  @Override
  public StageReport downloadPieces(StageRequest request) {
    return run(request);
  }

  @Override
  public StageReport synthetic(StageRequest request) {
    return run(request);
  }

  @Override
  public StageReport snapAddPieces(StageRequest request) {
    return run(request);
  }

  @Override
  public StageReport snapTreeD(StageRequest request) {
    return run(request);
  }

  @Override
  public StageReport snapEncode(StageRequest request) {
    return run(request);
  }

  @Override
  public StageReport checkSnap(StageRequest request) {
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
  public StageReport encode(StageRequest request) {
    return run(request);
  }

  @Override
  public StageReport checkEncoded(StageRequest request) {
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
  public synchronized List<RebuildState> usableStates(
      SectorFacts facts, ThreadGrant thread, String key, Commitment commC, Unsealing unsealing) {
    askedKeyIn = key;
    askedUnsealing = unsealing;
    if (usableFailure != null) {
      throw usableFailure;
    }
    return usable;
  }

  @Override
  public StageReport persist(StageRequest request) {
    return run(request);
  }

  @Override
  public StageReport repair(StageRequest request) {
    return run(request);
  }

  @Override
  public StageReport repairKey(StageRequest request) {
    return run(request);
  }

  @Override
  public StageReport keyAddPieces(StageRequest request) {
    return run(request);
  }

  @Override
  public StageReport snapKey(StageRequest request) {
    return run(request);
  }

  @Override
  public StageReport repairUpdate(StageRequest request) {
    return run(request);
  }

  @Override
  public StageReport decode(StageRequest request) {
    return run(request);
  }

  @Override
  public StageReport checkStored(StageRequest request) {
    return run(request);
  }

  /** What happens while its thread is being released. */
  interface Meanwhile {
    void happen() throws InterruptedException;
  }

  void duringRelease(Meanwhile happening) {
    duringRelease = happening;
  }

  @Override
  public void release(ReleaseRequest request) {
    try {
      duringRelease.happen();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    released(request);
  }

  private synchronized void released(ReleaseRequest request) {
    releases.add(
        new ReleaseRequest(
            request.sector(),
            request.thread().numbered(null),
            request.removeScratch(),
            request.fault()));
    released.countDown();
  }

  private StageReport run(StageRequest request) {
    CountDownLatch gate;
    synchronized (this) {
      ran.add(request.step());
      requests.add(request);
      Deque<RuntimeException> planned = failures.getOrDefault(request.step(), new ArrayDeque<>());
      if (!planned.isEmpty()) {
        throw planned.remove();
      }
      gate = gates.get(request.step());
      if (gate != null) {
        entered.get(request.step()).countDown();
      }
    }
    fallSilentOnce(request.step());
    if (gate != null) {
      waitAt(gate, request.step());
      failAtGate(request.step());
    }
    return new StageReport(
        1,
        2,
        1,
        Activity.getExecutionContext().getInfo().getAttempt(),
        request.step() == Step.FETCH_PIECES && !request.force() ? intactIn(request) : null,
        request.step() == Step.FETCH_PIECES && !request.force() ? keyIn : null,
        request.step() == Step.FETCH_PIECES ? toDownload : 0,
        request.step() == Step.PERSIST || request.step() == Step.REPAIR
            ? new StoredCopy("store-of-" + name, "/store")
            : null,
        null,
        request.step() == Step.FETCH_PIECES && mayRepair(request) && !request.force()
            ? repair
            : null,
        request.step() == Step.FETCH_PIECES && !request.force() ? keyLost : null,
        request.unsealed() == null
            ? null
            : Boolean.TRUE.equals(request.withoutPieces()) ? withoutPieces : unsealing,
        "done");
  }

  private String intactIn(StageRequest request) {
    return leavesKey && request.lostKey() == LostKey.LEAVE ? repair.updateIn() : intactIn;
  }

  private boolean mayRepair(StageRequest request) {
    boolean ofKey = repair != null && repair.lostKey() != null;
    return ofKey ? request.lostKey() == LostKey.MAKE : Boolean.TRUE.equals(request.mayRepair());
  }

  private void fallSilentOnce(Step step) {
    boolean silentNow;
    synchronized (this) {
      long times = ran.stream().filter(step::equals).count();
      silentNow = step == silentStep && times == 1;
      if (step == silentStep && times > 1) {
        triedAgain.countDown();
      }
    }
    if (silentNow) {
      try {
        triedAgain.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void awaitStop() {
    CountDownLatch gate;
    synchronized (this) {
      gate = stopGate;
    }
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void linger() {
    try {
      boolean tooEarly = heldAsOf().await(1, TimeUnit.SECONDS);
      synchronized (this) {
        releasedTooEarly = tooEarly;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized CountDownLatch heldAsOf() {
    return released;
  }

  private synchronized void failAtGate(Step step) {
    RuntimeException planned = gateFailures.remove(step);
    if (planned != null) {
      throw planned;
    }
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
      stopping.countDown();
      awaitStop();
      if (step == lingering) {
        linger();
      }
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
