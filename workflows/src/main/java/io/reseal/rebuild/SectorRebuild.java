package io.reseal.rebuild;

import io.reseal.contract.Continuation;
import io.reseal.contract.ControlActivities;
import io.reseal.contract.FailureType;
import io.reseal.contract.HoldRequest;
import io.reseal.contract.RebuildRequest;
import io.reseal.contract.SectorFacts;
import io.reseal.contract.StageReport;
import io.reseal.contract.StoredCopy;
import io.reseal.contract.ThreadGrant;
import io.reseal.options.ActivityProfiles;
import io.reseal.plan.Happening;
import io.reseal.plan.StateTable;
import io.reseal.plan.Step;
import io.reseal.plan.UnsealedWish;
import io.reseal.problem.ActivityFailures;
import io.reseal.sector.Randomness;
import io.reseal.sector.RebuildState;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Runs one rebuild: inspects the sector, holds a thread and runs the steps of the plan; parks or
 * pauses when it cannot or must not continue.
 */
final class SectorRebuild {

  /** How often a rebuild restarts for lost scratch before it parks: the disk may be failing. */
  private static final int MAX_RESTARTS = 3;

  /**
   * How many threads a rebuild leaves because of host faults, without progress, before it parks.
   */
  private static final int MAX_LEFT_THREADS = 3;

  private final RebuildRequest request;
  private final Journal journal;
  private final OperatorRequests requests;
  private final ThreadHold hold;
  private final StageCalls stages;
  private final ActivityProfiles profiles;
  private final SeedWait seed;
  private final HostChoice choice;

  /** See {@link #maxSilences(int)}. */
  private int maxSilences;

  private final NextRun nextRun;
  private final Patience threadPatience;
  private final SecondOpinion secondOpinion = new SecondOpinion();
  private final CandidateSearch candidates;
  private final PlanPosition position;
  private final Shortcuts shortcuts;

  private SectorFacts facts;

  /** What the rebuild is doing, for messages. */
  private String doing;

  /** Whether the facts were read since the start, or since the last park or pause. */
  private boolean inspected;

  /** The thread whose scratch holds the finished steps, or null. */
  private ThreadGrant scratch;

  /** The copy that was put into a store, or null. */
  private StoredCopy stored;

  /** Whether the first step must remove what is in scratch, because the layers may be wrong. */
  private boolean fromZero;

  /** Whether a thread had room only for a repair, and more is to be made. */
  private boolean needsAllRoom;

  private boolean threadResumed;
  private int restarts;
  private int leftThreads;
  private int silences;

  SectorRebuild(
      RebuildRequest request,
      Journal journal,
      OperatorRequests requests,
      ThreadHold hold,
      ActivityProfiles profiles,
      NextRun nextRun) {
    this.request = request;
    this.journal = journal;
    this.requests = requests;
    this.hold = hold;
    this.stages = new StageCalls(profiles, request.urgent(), request.force());
    this.profiles = profiles;
    this.seed = new SeedWait(request, journal, profiles);
    this.candidates = new CandidateSearch(request.candidates(), profiles, requests::pausing);
    this.choice = new HostChoice(request, requests, profiles);
    this.nextRun = nextRun;
    this.threadPatience = new Patience(request.timings().parkRetry());
    if (request.continuation() == null) {
      position = new PlanPosition();
      shortcuts = new Shortcuts();
    } else {
      Continuation.Work before = request.continuation().work();
      position = new PlanPosition(before.position());
      shortcuts = new Shortcuts(before);
      candidates.continueFrom(before.tried());
      facts = before.facts();
      scratch = before.scratch();
      stored = before.stored();
      needsAllRoom = before.needsAllRoom();
      restarts = before.restarts();
      leftThreads = before.leftThreads();
      silences = before.silences();
    }
  }

  /**
   * @param most how often, without progress, a step whose attempts were used up starts again
   *     because its host fell silent, e.g. during an outage of Temporal
   */
  void maxSilences(int most) {
    maxSilences = most;
  }

  private Continuation handOver() {
    return new Continuation(
        journal.handOver(),
        new Continuation.Work(
            facts,
            scratch,
            stored,
            shortcuts.keyDamaged(),
            shortcuts.repairFailed(),
            shortcuts.encodingFailed(),
            shortcuts.lostKey(),
            shortcuts.withoutPieces(),
            shortcuts.layersWrong(),
            needsAllRoom,
            restarts,
            leftThreads,
            silences,
            hold.number(),
            position.handOver(),
            candidates.handOver()),
        requests.host());
  }

  List<Step> plan() {
    return position.plan();
  }

  /** Works until the sector is finished; cancelling its scope stops it at once. */
  void untilFinished() {
    while (!journal.state().isEnd()) {
      doing = "inspection";
      try {
        if (requests.pausing()) {
          pause();
        }
        continueInNextRunIfDue();
        if (!inspected) {
          inspect();
        }
        doing = "holding a sealing thread";
        if (inspected && !requests.pausing()) {
          holdThread();
        }
        walkOn();
      } catch (ActivityFailure e) {
        if (ActivityFailures.isCancellation(e)) {
          throw new CanceledFailure("The rebuild is being dropped.");
        }
        recover(Triage.of(doing, e));
      }
    }
    hold.release(scratch, true);
  }

  /** Nothing is running here, so a long history can end and a new one begin. */
  private void continueInNextRunIfDue() {
    if (hold.isOver() && nextRun.isDue()) {
      Workflow.await(() -> journal.isWritten() || requests.pausing());
      if (journal.isWritten() && !requests.pausing() && nextRun.losesNothing()) {
        nextRun.begin(handOver());
      }
    }
  }

  /** Cleans up after an abort: releases the thread and removes its scratch files, nothing else. */
  void dropped() {
    if (journal.state().isEnd()) {
      hold.end();
      return;
    }
    boolean removed = scratch == null || hold.release(scratch, true);
    hold.end();
    String by =
        requests.abortedBy() == null ? "cancelled in Temporal" : "by " + requests.abortedBy();
    journal.aborted(
        removed
            ? by
            : "%s; %s did not answer, so its scratch files in %s remain"
                .formatted(by, scratch, scratch.location()));
  }

  /** The paused thread was resumed. */
  void threadResumed(ThreadGrant grant) {
    if (scratch != null && scratch.sameScratch(grant)) {
      threadResumed = true;
    }
  }

  /**
   * The states the rebuild could continue from, because their files are in its scratch. Fails if
   * the scratch's host does not answer.
   */
  List<RebuildState> usableStates() {
    return stages.usableStates(
        facts, scratch, position.keyKept(), position.commC(), position.unsealing());
  }

  /** The thread whose scratch holds the finished steps, or null. */
  ThreadGrant scratch() {
    return scratch;
  }

  /** From now on, so many inputs are tried until one gives the recorded CommR. */
  void tryInputs(int most) {
    candidates.want(most);
  }

  /** Continues from an earlier state. */
  void setBack(RebuildState state, String why) {
    position.goTo(state);
    journal.setBack(state, why);
  }

  private boolean isReady() {
    return inspected && !requests.pausing() && scratch != null && !hold.changed(scratch);
  }

  /** Runs the plan's steps until something stops the rebuild; on return no step is running. */
  private void walkOn() {
    try {
      while (isReady() && !position.isAtEnd()) {
        doing = position.next().title();
        walk(position.next());
      }
    } catch (ActivityFailure | CanceledFailure e) {
      stages.stopEarly();
      throw e;
    }
    stages.stopEarly();
  }

  private void inspect() {
    ControlActivities control =
        Workflow.newActivityStub(
            ControlActivities.class, profiles.control("inspect " + request.sector()));
    Optional<SectorFacts> read =
        ActivityCall.begin(control::inspect, request.sector()).getUnless(requests::pausing);
    Optional<SectorFacts> chosen = read.flatMap(candidates::facts);
    if (chosen.isEmpty()) {
      return;
    }
    SectorFacts before = facts;
    facts = chosen.get();
    if (request.unsealed() == UnsealedWish.ONLY && !facts.holdsData()) {
      park(
          Triage.of(
              "Sector %s holds no data, so there is nothing to unseal; abort."
                  .formatted(request.sector())));
      return;
    }
    inspected = true;
    drawPlan();
    if (before != null) {
      compare(before);
    }
  }

  private void drawPlan() {
    position.draw(facts, facts.prove() || request.prove(), wish());
  }

  /** Repeats work that was done from inputs that have since changed. */
  private void compare(SectorFacts before) {
    FactsChange change = new FactsChange(before, facts);
    Optional<String> spoiled =
        change.spoilsAll(
            position.keyKept() != null, position.repair() != null || position.unsealing() != null);
    if (spoiled.isPresent()) {
      beginAgain(spoiled.get());
      return;
    }
    facts = change.facts();
    change.setBack(position, journal);
  }

  private void holdThread() {
    boolean fresh = !hold.isHeld();
    if (fresh) {
      choice.make(
          !position.hasBegun()
              && !isForced()
              && !shortcuts.repairFailed()
              && !secondOpinion.isPending());
      String host = choice.host();
      journal.queued(choice.waitsFor());
      Supplier<Boolean> stop =
          () -> requests.pausing() || choice.isOutdated() || secondOpinion.hasWaitedTooLong();
      boolean held = hold.acquire(wanted(host), host, stop);
      choice.end();
      if (!held) {
        if (secondOpinion.hasWaitedTooLong()) {
          park(secondOpinion.unanswered());
        }
        return;
      }
    }
    ThreadGrant grant = hold.grant();
    if (scratch != null && !scratch.sameScratch(grant)) {
      beginAgain("The rebuild moved from %s to %s.".formatted(scratch, grant));
    }
    boolean recorded = !fresh && grant.sameThread(scratch) && journal.state() != RebuildState.EMPTY;
    scratch = grant;
    if (!recorded) {
      journal.threadHeld(grant);
    }
  }

  private HoldRequest wanted(String host) {
    String avoid = host == null ? secondOpinion.avoid() : null;
    boolean prefers =
        position.hasBegun()
            && scratch != null
            && avoid == null
            && (host == null || host.equals(scratch.host()));
    long graceEnds = Workflow.currentTimeMillis() + request.timings().hostGrace().toMillis();
    return new HoldRequest(
        request.sector(),
        facts.proof(),
        prefers ? scratch : null,
        prefers ? graceEnds : 0,
        request.timings().hostGrace(),
        facts.snap() != null,
        hold.nextNumber(),
        avoid,
        wish(),
        mayRepair(),
        true);
  }

  /**
   * Whether scratch may need room only for a repair. If the host finds more to do, it asks for more
   * room before it begins.
   */
  private boolean mayRepair() {
    return !needsAllRoom
        && !isForced()
        && wish() == null
        && shortcuts.mayRepair()
        && (!position.hasBegun() || position.includes(Step.REPAIR));
  }

  private void walk(Step step) {
    switch (step) {
      case SKIP_SNAP, SKIP_PIECES, SKIP_TREE_D, KEEP_KEY, KEEP_SEALED, KEEP_UPDATE, SKIP_KEY ->
          done(step, null, SkippedStep.note(step, position));
      case WAIT_SEED -> waitForSeed();
      default -> runOnHost(step);
    }
  }

  private void runOnHost(Step step) {
    threadResumed = false;
    ThreadGrant on = scratch;
    ActivityCall<StageReport> call =
        stages.begin(
            facts,
            on,
            step,
            stored,
            fromZero,
            isForced(),
            shortcuts,
            wish(),
            candidates.alongside(facts),
            journal.state(),
            position);
    journal.stepBegins(step, stages.earlyStep());
    Optional<StageReport> report =
        call.getUnless(() -> hold.changed(on) || requests.pausingNow() || stages.earlyFailed());
    if (report.isEmpty()) {
      // Another host's thread replaced a silent host's, the hold ended, an operator paused the
      // rebuild, or the step running in parallel failed.
      journal.stepStopped();
      if (stages.earlyFailed()) {
        doing = stages.earlyStep().title();
        stages.throwEarlyFailure();
      }
    } else if (step == Step.FETCH_PIECES && isOlder(report.get())) {
      park(
          Triage.of(
              "%s runs an older version of Reseal, which makes no unsealed copies; upgrade its worker, then resume."
                  .formatted(on.host())));
    } else if (report.get().intactIn() != null && step == Step.FETCH_PIECES && !isForced()) {
      journal.nothingLost(step, report.get());
      position.end();
    } else {
      boolean checked = step == Step.CHECK_SEALED || step == Step.CHECK_ENCODED;
      String proven = checked || step == Step.CHECK_SNAP ? candidates.proven(step) : "";
      done(step, report.get(), report.get().detail() + proven);
      if (checked) {
        sealedRightly(on);
      }
      if (step == Step.PERSIST || step == Step.REPAIR) {
        stored = report.get().stored();
      }
      if (step == Step.FETCH_PIECES) {
        fromZero = false;
        position.found(report.get());
        drawPlan();
      }
    }
  }

  /**
   * This host's CommR is the recorded one; if another host's was not, that one computes wrongly.
   */
  private void sealedRightly(ThreadGrant on) {
    if (secondOpinion.isPending() && !on.host().equals(secondOpinion.avoid())) {
      String fault = secondOpinion.wrongHost(on);
      journal.wentOn(fault);
      hold.markFaulted(secondOpinion.suspect(), fault);
    }
    secondOpinion.end();
  }

  /** Whether the worker ignored what the request says about the unsealed copy. */
  private boolean isOlder(StageReport found) {
    return wish() != null && found.unsealing() == null;
  }

  /** What it does about the unsealed copy; nobody wants one of zeros. */
  private UnsealedWish wish() {
    return facts.holdsData() ? request.unsealed() : null;
  }

  /** Whether to seal even if a store has the sector: a pending seal proof needs the layers. */
  private boolean isForced() {
    return request.force() || shortcuts.keyDamaged() || position.includes(Step.C2);
  }

  private void done(Step step, StageReport report, String note) {
    journal.stepDone(step, report, note);
    threadPatience.reset();
    if (position.advance()) {
      leftThreads = 0;
      silences = 0;
    }
  }

  /** The thread stays held during the wait, because its layers are needed for the proof. */
  private void waitForSeed() {
    if (facts.seed() != null) {
      done(Step.WAIT_SEED, null, "the seed is known");
      return;
    }
    journal.stepBegins(Step.WAIT_SEED, null);
    ThreadGrant on = scratch;
    Optional<Randomness> known = seed.await(() -> hold.changed(on) || requests.pausing());
    if (known.isEmpty()) {
      journal.stepStopped();
    } else {
      facts = facts.withSeed(known.get());
      done(Step.WAIT_SEED, null, "the seed of epoch %d".formatted(known.get().epoch()));
    }
  }

  /** Continues after a failure: on this thread, on another one, or after a park. */
  private void recover(Triage failure) {
    FailureType.Course course = failure.course();
    if (candidates.hasNext(failure) && isOfInputs(failure)) {
      tryNext(failure);
      return;
    }
    shortcuts.learnFrom(failure, position);
    fromZero |= failure.spoilsLayers();
    if (shortcuts.avoidMissingPiece(failure, position)) {
      beginAgain(failure.reason());
    } else if (course == FailureType.Course.QUEUE) {
      waitForRoom(failure);
    } else if (failure.type() == FailureType.HOST_NO_OTHER && secondOpinion.isPending()) {
      park(secondOpinion.unanswered());
    } else if (!candidates.isWanted() && secondOpinion.isWanted(failure, requests.host())) {
      askAnotherHost(failure);
    } else if (failure.progressed()) {
      journal.wentOn(failure.reason());
    } else if (failure.silent() && silences < maxSilences) {
      silences++;
      journal.wentOn(failure.reason());
    } else if (course == FailureType.Course.WAIT_FOR_THREAD) {
      waitForThread(failure);
    } else if (course == FailureType.Course.LEAVE_THREAD && leftThreads < MAX_LEFT_THREADS) {
      leftThreads++;
      leaveThread(failure);
    } else if (course == FailureType.Course.BEGIN_AGAIN && restarts < MAX_RESTARTS) {
      restarts++;
      beginAgain(failure.reason());
    } else if (course == FailureType.Course.MAKE_AGAIN && restarts < MAX_RESTARTS) {
      restarts++;
      RebuildState from = position.madeFrom(failure.madeFrom().orElseThrow());
      position.goTo(from);
      journal.damaged(from, failure.reason());
    } else {
      park(secondOpinion.isPending() ? secondOpinion.compared(failure, scratch) : failure);
    }
  }

  /**
   * Nothing is in scratch yet: the step that looks for what is left finds out how much it needs.
   */
  private void waitForRoom(Triage failure) {
    needsAllRoom = true;
    journal.wentOn(failure.reason());
    hold.release(scratch, true);
    scratch = null;
  }

  /** Whether other inputs may be the reason: what was encoded wrongly has no further witness. */
  private boolean isOfInputs(Triage failure) {
    boolean encodedWrongly =
        failure.type() == FailureType.SECTOR_COMM_R_MISMATCH && position.includes(Step.ENCODE);
    return failure.mayBeInputs()
        || encodedWrongly
        || failure.type() == FailureType.SECTOR_UPDATE_INVALID;
  }

  /** Layers of other inputs that were made alongside stay in scratch. */
  private void tryNext(Triage failure) {
    String why = candidates.next(failure);
    facts = candidates.current();
    drawPlan();
    beginAgain(why);
  }

  /** The scratch stays until another host has begun: there may be none. */
  private void askAnotherHost(Triage failure) {
    secondOpinion.ask(failure, scratch);
    journal.wentOn(secondOpinion.asking());
    hold.release(scratch, false);
  }

  private void beginAgain(String why) {
    if (StateTable.find(journal.state(), Happening.SCRATCH_LOST).isPresent()) {
      position.restart();
      journal.scratchLost(why);
    }
  }

  /** The host marks its thread as faulted; another thread cannot use what is in its scratch. */
  private void leaveThread(Triage failure) {
    journal.hostFault(failure.reason());
    hold.release(scratch, true);
    scratch = null;
    if (journal.state() == RebuildState.EMPTY) {
      position.restart();
    }
  }

  /** Keeps the thread until it is resumed, its host comes back, or an operator intervenes. */
  private void waitForThread(Triage failure) {
    journal.threadPaused(failure.message());
    ThreadGrant on = scratch;
    int grants = hold.grants();
    Workflow.await(
        threadPatience.next(),
        () -> threadResumed || hold.changed(on) || hold.grants() != grants || requests.pausing());
    Workflow.await(() -> !requests.isChecking());
    journal.triesThreadAgain();
  }

  /** Releases the thread and waits for an operator or a retry; the facts are then read again. */
  private void park(Triage failure) {
    if (hold.isHeld()) {
      hold.release(scratch, false);
    }
    journal.parked(failure.reason() + candidates.said(facts, failure));
    secondOpinion.end();
    shortcuts.parked();
    inspected = false;
    restarts = failure.spoilsScratch() || failure.madeFrom().isPresent() ? 0 : restarts;
    leftThreads = 0;
    boolean setBack = false;
    if (!requests.pausing()) {
      setBack = awaitResume(failure.mayPass() ? request.timings().parkRetry() : null);
    }
    fromZero &= !setBack;
    if (failure.spoilsScratch() && !setBack) {
      beginAgain("Sealed again from the start after: " + failure.reason());
    } else if (failure.madeFrom().isPresent() && !setBack) {
      setBack(position.madeFrom(failure.madeFrom().get()), "what was wrong is made again");
    }
  }

  /** Releases the thread and waits until an operator resumes the rebuild, even before it stops. */
  private void pause() {
    if (hold.isHeld()) {
      hold.release(scratch, false);
    }
    inspected = false;
    if (requests.pausing()) {
      journal.paused(requests.takePause().by());
      awaitResume(null);
    }
  }

  /**
   * Waits until an operator resumes the rebuild, at most for the given time (null: without limit).
   *
   * @return whether the operator set it back to an earlier state
   */
  private boolean awaitResume(Duration atMost) {
    if (atMost == null) {
      Workflow.await(requests::mayGoOn);
    } else {
      Workflow.await(atMost, requests::mayGoOn);
    }
    Workflow.await(() -> !requests.isChecking());
    String how = requests.takeGoesOn();
    journal.resumed(how == null ? "automatically" : how);
    return requests.takeSetBack();
  }
}
