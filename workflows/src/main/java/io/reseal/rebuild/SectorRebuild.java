package io.reseal.rebuild;

import io.reseal.contract.ControlActivities;
import io.reseal.contract.FailureType;
import io.reseal.contract.HoldRequest;
import io.reseal.contract.RebuildRequest;
import io.reseal.contract.SectorFacts;
import io.reseal.contract.SeedAnswer;
import io.reseal.contract.StageReport;
import io.reseal.contract.ThreadGrant;
import io.reseal.options.ActivityProfiles;
import io.reseal.plan.Event;
import io.reseal.plan.RebuildPlan;
import io.reseal.plan.StateTable;
import io.reseal.plan.Step;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SealProof;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/** The story of one rebuild: inspect, hold a thread, walk the plan; stand still where need be. */
final class SectorRebuild {

  /**
   * Lost scratch in one run before the rebuild parks: a disk that keeps losing files is no help.
   */
  private static final int MAX_RESTARTS = 3;

  /** Threads left for a host's fault without coming further before the rebuild parks. */
  private static final int MAX_LEFT_THREADS = 3;

  private final RebuildRequest request;
  private final Journal journal;
  private final OperatorRequests words;
  private final ThreadHold hold;
  private final StageCalls stages;
  private final ActivityProfiles profiles;

  /** PC1, which needs no data, while the pieces are brought here and put together. */
  private final EarlyStep early = new EarlyStep();

  private List<Step> plan;
  private SectorFacts facts;

  /** What the rebuild is at, for people. */
  private String doing;

  /** Whether pieces have to be brought to the host. */
  private boolean download;

  /** The store whose copy of the key is kept, as far as one was found; or null. */
  private String keyIn;

  /** Whether a kept key turned out to be damaged, so that none is kept any more. */
  private boolean keyDamaged;

  /** Whether the facts have been looked at since the start or the last standstill. */
  private boolean inspected;

  /** The step of the plan to do next. */
  private int position;

  /** The furthest position so far. */
  private int furthest;

  /** Whose scratch holds the finished steps, or null. */
  private ThreadGrant scratch;

  private boolean threadResumed;
  private int restarts;
  private int leftThreads;

  SectorRebuild(
      RebuildRequest request,
      Journal journal,
      OperatorRequests words,
      ThreadHold hold,
      ActivityProfiles profiles) {
    this.request = request;
    this.journal = journal;
    this.words = words;
    this.hold = hold;
    this.stages = new StageCalls(profiles, request.urgent());
    this.profiles = profiles;
    this.plan = RebuildPlan.of(RebuildPlan.Needs.PLAIN);
  }

  List<Step> plan() {
    return plan;
  }

  /** Works until the sector is finished; a cancellation of its scope ends it where it is. */
  void untilFinished() {
    while (!journal.state().isEnd()) {
      doing = "inspection";
      try {
        if (words.pausing()) {
          pause();
        }
        if (!inspected) {
          inspect();
        }
        doing = "holding a sealing thread";
        if (inspected && !words.pausing()) {
          holdThread();
        }
        walkOn();
      } catch (ActivityFailure e) {
        if (Triage.isCancellation(e)) {
          throw new CanceledFailure("The rebuild is being dropped.");
        }
        recover(Triage.of(doing, e));
      }
    }
    hold.release(scratch, true);
  }

  /** Gives everything back at an abort: scratch is removed, nothing else is touched. */
  void dropped() {
    if (journal.state().isEnd()) {
      return;
    }
    boolean removed = scratch == null || hold.release(scratch, true);
    String by = words.abortedBy() == null ? "cancelled in Temporal" : "by " + words.abortedBy();
    journal.aborted(
        removed
            ? by
            : "%s; %s did not answer, its scratch files in %s stay"
                .formatted(by, scratch, scratch.location()));
  }

  /** The thread that was paused is resumed. */
  void threadResumed(ThreadGrant grant) {
    if (scratch != null && scratch.sameScratch(grant)) {
      threadResumed = true;
    }
  }

  /**
   * The states whose inputs are there, so that the rebuild could go on from them: its scratch's
   * host is asked, and fails if it does not answer.
   */
  List<RebuildState> usableStates() {
    return stages.usableStates(facts, scratch, keyKept());
  }

  /** Whose scratch holds the finished steps, or null. */
  ThreadGrant scratch() {
    return scratch;
  }

  /** Goes on from an earlier state. */
  void setBack(RebuildState state, String why) {
    position = RebuildPlan.positionAt(state, plan);
    journal.setBack(state, why);
  }

  private boolean isReady() {
    return inspected && !words.pausing() && scratch != null && !hold.changed(scratch);
  }

  /** Does the plan's steps as long as nothing stands against it; then none of them runs. */
  private void walkOn() {
    try {
      while (isReady() && position < plan.size()) {
        doing = plan.get(position).title();
        walk(plan.get(position));
      }
    } catch (ActivityFailure | CanceledFailure e) {
      early.stop();
      throw e;
    }
    early.stop();
  }

  private void inspect() {
    ControlActivities control =
        Workflow.newActivityStub(
            ControlActivities.class, profiles.control("inspect " + request.sector()));
    Optional<SectorFacts> read =
        ActivityCall.begin(control::inspect, request.sector()).getUnless(words::pausing);
    if (read.isEmpty()) {
      return;
    }
    SectorFacts before = facts;
    facts = read.get();
    inspected = true;
    replan();
    if (before != null) {
      compare(before);
    }
  }

  private void replan() {
    List<Step> done = plan.subList(0, position);
    List<Step> renewed =
        RebuildPlan.of(
            new RebuildPlan.Needs(
                facts.prove() || request.prove(),
                facts.proof().version() == SealProof.Version.SYNTHETIC,
                facts.snap() != null,
                download,
                keyIn != null));
    position = RebuildPlan.positionAfter(done, renewed);
    plan = renewed;
  }

  /** The store whose copy of the key the plan's steps work with, or null. */
  private String keyKept() {
    return plan.contains(Step.KEEP_KEY) ? keyIn : null;
  }

  /** Work that was done from other inputs is done again. */
  private void compare(SectorFacts before) {
    if (!before.replicaId().equals(facts.replicaId())) {
      beginAgain("The sector's inputs have changed.");
      return;
    }
    if (keyKept() != null && !before.commR().equals(facts.commR())) {
      beginAgain("The recorded CommR of the key has changed.");
      return;
    }
    if (facts.seed() == null) {
      facts = facts.withSeed(before.seed());
    }
    boolean stored = journal.state() == RebuildState.PERSISTED;
    if (!Objects.equals(before.snap(), facts.snap())
        && journal.state().compareTo(RebuildState.SEALED_CHECKED) > 0) {
      // Even from a store: what lies there is not what the sector is said to be now.
      setBack(RebuildState.SEALED_CHECKED, "what the sector was updated to is recorded otherwise");
    }
    if (!before.commR().equals(facts.commR())
        && position > RebuildPlan.positionAt(RebuildState.PC2_DONE, plan)
        && !stored) {
      setBack(RebuildState.PC2_DONE, "the recorded CommR has changed and is compared again");
    } else if (!Objects.equals(before.seed(), facts.seed())
        && journal.state() == RebuildState.SEALED_CHECKED) {
      position = RebuildPlan.positionAt(RebuildState.SEALED_CHECKED, plan);
    }
  }

  private void holdThread() {
    boolean fresh = !hold.isHeld();
    if (fresh) {
      String host = words.host();
      journal.queued(host);
      Supplier<Boolean> stop = () -> words.pausing() || !Objects.equals(host, words.host());
      if (!hold.acquire(wanted(host), host, stop)) {
        return;
      }
    }
    ThreadGrant grant = hold.grant();
    if (scratch != null && !scratch.sameScratch(grant)) {
      beginAgain("The rebuild went from %s to %s.".formatted(scratch, grant));
    }
    boolean told = !fresh && grant.equals(scratch) && journal.state() != RebuildState.EMPTY;
    scratch = grant;
    if (!told) {
      journal.threadHeld(grant);
    }
  }

  private HoldRequest wanted(String host) {
    boolean prefers =
        position > 0 && scratch != null && (host == null || host.equals(scratch.host()));
    long graceEnds = Workflow.currentTimeMillis() + request.timings().hostGrace().toMillis();
    return new HoldRequest(
        request.sector(),
        facts.proof(),
        prefers ? scratch : null,
        prefers ? graceEnds : 0,
        request.timings().hostGrace(),
        facts.snap() != null);
  }

  private void walk(Step step) {
    switch (step) {
      case SKIP_SNAP -> done(step, null, null);
      case KEEP_KEY -> done(step, null, "key kept, in store \"%s\"".formatted(keyIn));
      case WAIT_SEED -> waitForSeed();
      default -> runOnHost(step);
    }
  }

  private void runOnHost(Step step) {
    threadResumed = false;
    ThreadGrant on = scratch;
    ActivityCall<StageReport> call = begin(step, on);
    journal.stepBegins(step, early.step());
    Optional<StageReport> report =
        call.getUnless(() -> hold.changed(on) || words.pausingNow() || early.hasFailed());
    if (report.isEmpty()) {
      // The host fell silent and the thread went elsewhere, the hold ended, an operator wants the
      // rebuild to stand still, or the step beside it failed.
      journal.stepStopped();
      if (early.hasFailed()) {
        takeEarlyFailure();
      }
    } else if (report.get().intactIn() != null && step == Step.FETCH_PIECES && !isForced()) {
      journal.nothingLost(step, report.get());
      position = plan.size();
    } else {
      done(step, report.get(), report.get().detail());
      if (step == Step.FETCH_PIECES) {
        download = report.get().toDownload() > 0;
        keyIn = report.get().keyIn();
        replan();
      }
    }
  }

  private ActivityCall<StageReport> begin(Step step, ThreadGrant on) {
    Optional<ActivityCall<StageReport>> begun = early.take(step);
    if (begun.isPresent()) {
      return begun.get();
    }
    ActivityCall<StageReport> call =
        stages.begin(facts, on, step, isForced(), journal.state(), keyKept());
    if (step == Step.DOWNLOAD_PIECES && plan.contains(Step.PC1)) {
      early.begin(
          Step.PC1, () -> stages.beginEarly(facts, on, Step.PC1, isForced(), journal.state()));
    }
    return call;
  }

  private void takeEarlyFailure() {
    doing = early.step().title();
    Optional<StageReport> unused = early.take(early.step()).orElseThrow().getUnless(() -> false);
  }

  /** A proof that is due needs the layers, whatever a store has. */
  private boolean isForced() {
    return request.force() || keyDamaged || plan.contains(Step.C2);
  }

  private void done(Step step, StageReport report, String note) {
    journal.stepDone(step, report, note);
    position++;
    if (position > furthest) {
      furthest = position;
      leftThreads = 0;
    }
  }

  /** Asks until the seed is known; the thread stays held, so that the layers stay too. */
  private void waitForSeed() {
    if (facts.seed() != null) {
      done(Step.WAIT_SEED, null, "the seed is known");
      return;
    }
    ControlActivities control =
        Workflow.newActivityStub(
            ControlActivities.class, profiles.chain("ask for the seed of " + request.sector()));
    journal.stepBegins(Step.WAIT_SEED, null);
    ThreadGrant on = scratch;
    Supplier<Boolean> stop = () -> hold.changed(on) || words.pausing();
    boolean told = false;
    while (facts.seed() == null && !stop.get()) {
      Optional<SeedAnswer> answer =
          ActivityCall.begin(control::askSeed, request.sector()).getUnless(stop);
      if (answer.isPresent() && answer.get().seed() != null) {
        facts = facts.withSeed(answer.get().seed());
      } else if (answer.isPresent()) {
        String due = due(answer.get());
        if (told) {
          journal.waits("the seed, " + due);
        } else {
          journal.waitsForSeed(due);
          told = true;
        }
        Workflow.await(untilDue(answer.get()), stop);
      }
    }
    if (facts.seed() == null) {
      journal.stepStopped();
    } else {
      done(Step.WAIT_SEED, null, "the seed of epoch %d".formatted(facts.seed().epoch()));
    }
  }

  private static String due(SeedAnswer answer) {
    String when =
        answer.dueAt() == null
            ? "nobody can tell yet when"
            : "due "
                + Instant.ofEpochMilli(answer.dueAt())
                    .plusMillis(999)
                    .truncatedTo(ChronoUnit.SECONDS);
    return answer.why() == null ? when : "%s: %s".formatted(when, answer.why());
  }

  private Duration untilDue(SeedAnswer answer) {
    long now = Workflow.currentTimeMillis();
    return answer.dueAt() == null || answer.dueAt() <= now
        ? request.timings().parkRetry()
        : Duration.ofMillis(answer.dueAt() - now);
  }

  /** Goes on after a failure: on this thread, on another one, or after a park. */
  private void recover(Triage failure) {
    FailureType.Course course = failure.course();
    keyDamaged |= failure.type() == FailureType.SECTOR_KEY_DAMAGED;
    if (failure.progressed()) {
      journal.wentOn(failure.reason());
    } else if (course == FailureType.Course.WAIT_FOR_THREAD) {
      waitForThread(failure);
    } else if (course == FailureType.Course.LEAVE_THREAD && leftThreads < MAX_LEFT_THREADS) {
      leftThreads++;
      leaveThread(failure);
    } else if (course == FailureType.Course.BEGIN_AGAIN && restarts < MAX_RESTARTS) {
      restarts++;
      beginAgain(failure.reason());
    } else {
      park(failure);
    }
  }

  private void beginAgain(String why) {
    if (StateTable.find(journal.state(), Event.SCRATCH_LOST).isPresent()) {
      position = 0;
      journal.scratchLost(why);
    }
  }

  /** The host marks its thread by itself; what is in its scratch is of no use elsewhere. */
  private void leaveThread(Triage failure) {
    journal.hostFault(failure.reason());
    hold.release(scratch, true);
    scratch = null;
    if (journal.state() == RebuildState.EMPTY) {
      position = 0;
    }
  }

  /** Keeps the thread until it is resumed, its host comes back, or an operator wants otherwise. */
  private void waitForThread(Triage failure) {
    journal.threadPaused(failure.message());
    ThreadGrant on = scratch;
    int grants = hold.grants();
    Workflow.await(
        request.timings().parkRetry(),
        () -> threadResumed || hold.changed(on) || hold.grants() != grants || words.pausing());
    Workflow.await(() -> !words.isChecking());
    journal.triesThreadAgain();
  }

  /** Gives the thread back, says why, waits for a word; then the inputs are looked at afresh. */
  private void park(Triage failure) {
    if (hold.isHeld()) {
      hold.release(scratch, false);
    }
    journal.parked(failure.reason());
    inspected = false;
    restarts = failure.spoilsScratch() ? 0 : restarts;
    leftThreads = 0;
    boolean setBack = false;
    if (!words.pausing()) {
      setBack = standStill(failure.mayPass() ? request.timings().parkRetry() : null);
    }
    if (failure.spoilsScratch() && !setBack) {
      beginAgain("Sealed again from the start after: " + failure.reason());
    } else if (failure.spoilsUpdate() && !setBack) {
      setBack(RebuildState.SEALED_CHECKED, "the update is made again");
    }
  }

  /** Gives the thread back and waits for a word, as an operator wants it. */
  private void pause() {
    if (hold.isHeld()) {
      hold.release(scratch, false);
    }
    journal.paused(words.takePause().by());
    inspected = false;
    boolean unused = standStill(null);
  }

  /**
   * Waits until an operator lets the rebuild go on, or for so long at most.
   *
   * @return whether the operator has set it back
   */
  private boolean standStill(Duration atMost) {
    if (atMost == null) {
      Workflow.await(words::mayGoOn);
    } else {
      Workflow.await(atMost, words::mayGoOn);
    }
    Workflow.await(() -> !words.isChecking());
    String how = words.takeGoesOn();
    journal.resumed(how == null ? "by itself" : how);
    return words.takeSetBack();
  }
}
