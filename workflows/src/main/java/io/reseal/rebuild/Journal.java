package io.reseal.rebuild;

import io.reseal.contract.ChangeKind;
import io.reseal.contract.Continuation;
import io.reseal.contract.ControlActivities;
import io.reseal.contract.Names;
import io.reseal.contract.RebuildRequest;
import io.reseal.contract.RunRecord;
import io.reseal.contract.StageReport;
import io.reseal.contract.StateChange;
import io.reseal.contract.ThreadGrant;
import io.reseal.options.ActivityProfiles;
import io.reseal.plan.Happening;
import io.reseal.plan.StateTable;
import io.reseal.plan.Step;
import io.reseal.plan.UnsealedWish;
import io.reseal.sector.RebuildState;
import io.temporal.workflow.Workflow;
import java.util.List;

/**
 * A rebuild's state and history: moves the state by {@link StateTable}, records each change by its
 * {@link ChangeKind}, and keeps Temporal's search attributes and current details up to date.
 */
final class Journal {

  /** Changes that are handed over to the next run, for the current details. */
  private static final int HANDED_OVER = 10;

  private final RebuildRequest request;
  private final CatalogWriter catalog;
  private final String runId;
  private final long startedAt;

  private RebuildState state = RebuildState.EMPTY;
  private RunStatus status = RunStatus.QUEUED;
  private ThreadGrant thread;
  private int attempts;

  /** Why it is paused, or null. */
  private String paused;

  /** Why its thread was paused the last time, or null. */
  private String threadPause;

  /** Why it waits for a person, or null. */
  private String attention;

  private String lastError;
  private Step running;

  /** The step that was started early and runs beside the running one, or null. */
  private Step beside;

  /** What it waits for, shown until something happens; or null. */
  private String waiting;

  Journal(RebuildRequest request, ActivityProfiles profiles) {
    this.request = request;
    Continuation before = request.continuation();
    this.catalog =
        new CatalogWriter(
            Workflow.newActivityStub(
                ControlActivities.class, profiles.control("record " + request.sector())),
            before == null ? List.of() : before.log().newest());
    if (before == null) {
      runId = Workflow.getInfo().getRunId();
      startedAt = Workflow.currentTimeMillis();
      record(
          ChangeKind.REQUESTED,
          "by %s%s".formatted(request.requestedBy(), request.urgent() ? ", urgent" : ""));
    } else {
      runId = before.log().runId();
      startedAt = before.log().startedAt();
      takeOver(before.log());
    }
  }

  /** Begins to write what is recorded to the catalog. */
  void begin() {
    catalog.start(this::run);
  }

  private void takeOver(Continuation.Log log) {
    state = log.state();
    thread = log.thread();
    attempts = log.attempts();
    threadPause = log.threadPause();
    lastError = log.lastError();
    show();
  }

  /** What the next run of this rebuild needs to know. */
  Continuation.Log handOver() {
    List<StateChange> changes = catalog.changes();
    return new Continuation.Log(
        runId,
        startedAt,
        state,
        thread,
        attempts,
        threadPause,
        lastError,
        List.copyOf(changes.subList(Math.max(0, changes.size() - HANDED_OVER), changes.size())));
  }

  /** Whether the catalog has everything. */
  boolean isWritten() {
    return catalog.isWritten();
  }

  RebuildState state() {
    return state;
  }

  RunStatus status() {
    return status;
  }

  /** Why it is parked or paused, or waits for its thread; or null. */
  String stillBecause() {
    return attention == null ? paused : attention;
  }

  Step running() {
    return running;
  }

  List<StateChange> changes() {
    return catalog.changes();
  }

  RunRecord run() {
    long updatedAt = catalog.newest().at();
    String current = Workflow.getInfo().getRunId();
    return new RunRecord(
        runId,
        Workflow.getInfo().getWorkflowId(),
        request.sector(),
        state,
        thread == null ? null : thread.host(),
        thread == null ? null : thread.index(),
        startedAt,
        updatedAt,
        state.isEnd() ? updatedAt : null,
        attempts,
        request.batch(),
        paused,
        attention,
        lastError,
        request.requestedBy(),
        current.equals(runId) ? null : current,
        request.unsealed() == UnsealedWish.ONLY);
  }

  /**
   * The rebuild asks for a thread.
   *
   * @param what which thread, for people
   */
  void queued(String what) {
    status = RunStatus.QUEUED;
    running = null;
    waits(what);
  }

  void threadHeld(ThreadGrant newThread) {
    status = RunStatus.WORKING;
    waiting = null;
    thread = newThread;
    state = StateTable.next(state, Happening.THREAD_HELD);
    record(ChangeKind.THREAD_HELD, newThread.location());
  }

  /**
   * @param early the step that runs beside it, or null
   */
  void stepBegins(Step step, Step early) {
    running = step;
    beside = early;
    waiting = null;
    show();
  }

  /** The running step was stopped before it finished. */
  void stepStopped() {
    running = null;
    show();
  }

  void stepDone(Step step, StageReport report, String note) {
    running = null;
    waiting = null;
    state = StateTable.next(state, step);
    attempts += report == null ? 0 : report.attempt();
    record(ChangeKind.STEP_DONE, step.title(), report, note);
  }

  /** A store has the sector, so there is nothing to rebuild. */
  void nothingLost(Step step, StageReport report) {
    running = null;
    waiting = null;
    state = StateTable.next(state, Happening.NOTHING_LOST);
    attempts += report.attempt();
    record(
        ChangeKind.NOTHING_LOST,
        step.title(),
        report,
        whatIsThere(report) + (report.repaired() == null ? "" : "; " + report.repaired()));
  }

  private static String whatIsThere(StageReport report) {
    if (report.unsealing() != null && report.unsealing().only()) {
      return "nothing to do: " + report.detail();
    }
    return report.keyLost() == null
        ? "nothing was lost: store %s has it, provable; nothing was sealed"
            .formatted(report.intactIn())
        : "nothing that proofs read was lost: store %s has the update, provable; nothing was sealed; %s"
            .formatted(report.intactIn(), report.keyLost());
  }

  /** The step used up its attempts but made progress, so it starts over with all of them. */
  void wentOn(String why) {
    running = null;
    lastError = why;
    record(ChangeKind.WENT_ON, why);
  }

  /** Shows what the rebuild waits for, in the current details only. */
  void waits(String what) {
    waiting = what;
    show();
  }

  /** The seed is not known yet. This is recorded, because it may take hours. */
  void waitsForSeed(String due) {
    waiting = "the seed, " + due;
    record(ChangeKind.WAITS_FOR_SEED, due);
  }

  /** The finished steps are lost; the rebuild begins again. */
  void scratchLost(String why) {
    running = null;
    state = StateTable.next(state, Happening.SCRATCH_LOST);
    lastError = why;
    record(ChangeKind.SCRATCH_LOST, why);
  }

  /** The host has a fault: the rebuild leaves the thread and, with it, its finished steps. */
  void hostFault(String why) {
    running = null;
    state = StateTable.find(state, Happening.SCRATCH_LOST).orElse(state);
    lastError = why;
    record(ChangeKind.HOST_FAULT, why);
  }

  /**
   * An operator paused the thread and stopped its step. Meeting the same pause again adds no
   * change.
   */
  void threadPaused(String why) {
    boolean known = catalog.newest().kind() == ChangeKind.THREAD_PAUSED && why.equals(threadPause);
    running = null;
    status = RunStatus.THREAD_PAUSED;
    paused = why;
    threadPause = why;
    waiting = "its sealing thread";
    if (known) {
      show();
    } else {
      record(ChangeKind.THREAD_PAUSED, why);
    }
  }

  /** The step is tried again on the thread that was paused. */
  void triesThreadAgain() {
    status = RunStatus.WORKING;
    paused = null;
  }

  /** The rebuild waits for a person. */
  void parked(String reason) {
    stop(RunStatus.PARKED);
    attention = reason;
    lastError = reason;
    record(ChangeKind.PARKED, reason);
  }

  /** The rebuild has paused because an operator asked for it. */
  void paused(String by) {
    stop(RunStatus.PAUSED);
    attention = null;
    paused = "paused by " + by;
    record(ChangeKind.PAUSED, "by " + by);
  }

  void resumed(String how) {
    status = RunStatus.QUEUED;
    paused = null;
    attention = null;
    record(ChangeKind.RESUMED, how);
  }

  /** The rebuild continues from an earlier state, for an operator or because its inputs changed. */
  void setBack(RebuildState earlier, String why) {
    RebuildState from = state;
    state = earlier;
    record(ChangeKind.SET_BACK, "from %s, %s".formatted(from, why));
  }

  /** Files turned out to be damaged; the rebuild continues from the state they are made from. */
  void damaged(RebuildState earlier, String why) {
    running = null;
    lastError = why;
    setBack(earlier, why);
  }

  /** From now on only this host may take it. */
  void moved(String host, String by) {
    record(ChangeKind.MOVED, "to %s, by %s".formatted(host, by));
  }

  void aborted(String how) {
    stop(status);
    attention = null;
    state = StateTable.next(state, Happening.ABORTED);
    record(ChangeKind.ABORTED, how);
  }

  /** Waits until the catalog has everything. */
  void close() {
    catalog.close();
  }

  private void stop(RunStatus newStatus) {
    status = newStatus;
    running = null;
    paused = null;
    waiting = null;
  }

  /** Records what happened to the rebuild itself. */
  private void record(ChangeKind kind, String note) {
    record(kind, kind.toString(), null, note);
  }

  /**
   * @param report what a host reported of a step, or null
   */
  private void record(ChangeKind kind, String step, StageReport report, String note) {
    catalog.add(
        new StateChange(
            catalog.nextSeq(),
            state,
            Workflow.currentTimeMillis(),
            step,
            thread == null ? null : thread.host(),
            thread == null ? null : thread.index(),
            report == null ? 0 : report.attempt(),
            report == null ? null : report.startedAt(),
            report == null ? null : report.endedAt(),
            report == null ? 0 : report.coreMillis(),
            note,
            kind));
    Workflow.upsertTypedSearchAttributes(
        Names.STATE.valueSet(state.toString()),
        thread == null ? Names.HOST.valueUnset() : Names.HOST.valueSet(thread.host()),
        Names.ATTENTION.valueSet(attention != null));
    show();
  }

  private void show() {
    Workflow.setCurrentDetails(
        CurrentDetails.render(run(), catalog.changes(), status, runningText(), waiting));
  }

  private String runningText() {
    return running == null
        ? null
        : running.title() + (beside == null ? "" : " with " + beside.title() + " beside it");
  }
}
