package io.reseal.rebuild;

import io.reseal.contract.ControlActivities;
import io.reseal.contract.Names;
import io.reseal.contract.RebuildRequest;
import io.reseal.contract.RunRecord;
import io.reseal.contract.StageReport;
import io.reseal.contract.StateChange;
import io.reseal.contract.ThreadGrant;
import io.reseal.options.ActivityProfiles;
import io.reseal.plan.Event;
import io.reseal.plan.StateTable;
import io.reseal.plan.Step;
import io.reseal.sector.RebuildState;
import io.temporal.workflow.Async;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;

/**
 * A rebuild's state and its record: moves the state by {@link StateTable}, tells Temporal's search
 * attributes and current details, and writes to the catalog in order, beside the work itself, so
 * that a catalog that is away holds up no sealing.
 */
final class Journal {

  private final RebuildRequest request;
  private final ControlActivities activities;
  private final long startedAt = Workflow.currentTimeMillis();
  private final List<StateChange> changes = new ArrayList<>();

  private RebuildState state = RebuildState.EMPTY;
  private ThreadGrant thread;
  private int attempts;
  private RunStatus status = RunStatus.QUEUED;
  private String paused;
  private String attention;
  private String lastError;
  private Step running;

  /** The step that was begun before its turn and runs beside it, or null. */
  private Step beside;

  /** What it waits for, shown until something happens; or null. */
  private String waiting;

  private int recorded;
  private boolean closing;

  Journal(RebuildRequest request, ActivityProfiles profiles) {
    this.request = request;
    this.activities =
        Workflow.newActivityStub(
            ControlActivities.class, profiles.control("record " + request.sector()));
    add(
        "requested",
        null,
        "by %s%s".formatted(request.requestedBy(), request.urgent() ? ", urgent" : ""));
    // Detached: an abort or a cancellation must itself be recorded.
    Workflow.newDetachedCancellationScope(() -> Async.procedure(this::writeAll)).run();
  }

  RebuildState state() {
    return state;
  }

  RunStatus status() {
    return status;
  }

  /** Why it stands still, or waits for its thread; or null. */
  String stillBecause() {
    return attention == null ? paused : attention;
  }

  Step running() {
    return running;
  }

  List<StateChange> changes() {
    return List.copyOf(changes);
  }

  RunRecord run() {
    StateChange last = changes.get(changes.size() - 1);
    return new RunRecord(
        Workflow.getInfo().getRunId(),
        Workflow.getInfo().getWorkflowId(),
        request.sector(),
        state,
        thread == null ? null : thread.host(),
        thread == null ? null : thread.index(),
        startedAt,
        last.at(),
        state.isEnd() ? last.at() : null,
        attempts,
        request.batch(),
        paused,
        attention,
        lastError,
        request.requestedBy());
  }

  /** The rebuild asks for a thread, of one host only or (null) of any. */
  void queued(String host) {
    status = RunStatus.QUEUED;
    running = null;
    waits("a sealing thread" + (host == null ? "" : " of " + host));
  }

  void threadHeld(ThreadGrant newThread) {
    status = RunStatus.WORKING;
    waiting = null;
    thread = newThread;
    state = StateTable.next(state, Event.THREAD_HELD);
    add("thread held", null, newThread.location());
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

  /** The running step was stopped before its end. */
  void stepStopped() {
    running = null;
    show();
  }

  void stepDone(Step step, StageReport report, String note) {
    running = null;
    waiting = null;
    state = StateTable.next(state, step.done());
    attempts += report == null ? 0 : report.attempt();
    add(step.title(), report, note);
  }

  /** A store has the sector: the rebuild is at its end. */
  void nothingLost(Step step, StageReport report) {
    running = null;
    waiting = null;
    attempts += report.attempt();
    state = StateTable.next(state, Event.NOTHING_LOST);
    add(
        step.title(),
        report,
        "nothing was lost: store %s has it, provable; nothing was sealed"
            .formatted(report.intactIn()));
  }

  /** The step used up its attempts, but has come further: it is begun anew with all of them. */
  void wentOn(String why) {
    running = null;
    lastError = why;
    add("went on", null, why);
  }

  /** What the rebuild waits for, told by the current details only. */
  void waits(String what) {
    waiting = what;
    show();
  }

  /** The seed is not known yet: a line of its own, because it may take hours. */
  void waitsForSeed(String due) {
    waiting = "the seed, " + due;
    add("waits for the seed", null, due);
  }

  /** The finished steps are gone; the rebuild begins again. */
  void scratchLost(String why) {
    running = null;
    state = StateTable.next(state, Event.SCRATCH_LOST);
    lastError = why;
    add("scratch lost", null, why);
  }

  /** The host fails: the rebuild leaves the thread, and with it its finished steps. */
  void hostFault(String why) {
    running = null;
    state = StateTable.find(state, Event.SCRATCH_LOST).orElse(state);
    lastError = why;
    add("host fault", null, why);
  }

  /** An operator paused the thread and stopped its step. Told once, however often it is met. */
  void threadPaused(String why) {
    running = null;
    status = RunStatus.THREAD_PAUSED;
    paused = why;
    waiting = "its sealing thread";
    StateChange last = changes.get(changes.size() - 1);
    if (last.step().equals("thread paused") && why.equals(last.note())) {
      show();
    } else {
      add("thread paused", null, why);
    }
  }

  /** The step is tried again on the thread that was paused. */
  void triesThreadAgain() {
    status = RunStatus.WORKING;
    paused = null;
  }

  /** The rebuild waits for a person. */
  void parked(String reason) {
    still(RunStatus.PARKED);
    attention = reason;
    lastError = reason;
    add("parked", null, reason);
  }

  /** The rebuild stands still because an operator wants it so. */
  void paused(String by) {
    still(RunStatus.PAUSED);
    attention = null;
    paused = "paused by " + by;
    add("paused", null, "by " + by);
  }

  private void still(RunStatus how) {
    status = how;
    running = null;
    paused = null;
    waiting = null;
  }

  void resumed(String how) {
    status = RunStatus.QUEUED;
    paused = null;
    attention = null;
    add("resumed", null, how);
  }

  /** The rebuild goes on from an earlier state, as an operator or its inputs want it. */
  void setBack(RebuildState earlier, String why) {
    RebuildState from = state;
    state = earlier;
    add("set back", null, "from %s, %s".formatted(from, why));
  }

  /** Only one host may take it from now on. */
  void moved(String host, String by) {
    add("moved", null, "to %s, by %s".formatted(host, by));
  }

  void aborted(String how) {
    still(status);
    attention = null;
    state = StateTable.next(state, Event.ABORTED);
    add("aborted", null, how);
  }

  /** Waits until the catalog has everything. */
  void close() {
    closing = true;
    Workflow.await(() -> recorded == changes.size());
  }

  private void add(String step, StageReport report, String note) {
    changes.add(
        new StateChange(
            changes.size(),
            state,
            Workflow.currentTimeMillis(),
            step,
            thread == null ? null : thread.host(),
            thread == null ? null : thread.index(),
            report == null ? 0 : report.attempt(),
            report == null ? null : report.startedAt(),
            report == null ? null : report.endedAt(),
            report == null ? 0 : report.coreMillis(),
            note));
    Workflow.upsertTypedSearchAttributes(
        Names.STATE.valueSet(state.toString()),
        thread == null ? Names.HOST.valueUnset() : Names.HOST.valueSet(thread.host()),
        Names.ATTENTION.valueSet(attention != null));
    show();
  }

  private void show() {
    Workflow.setCurrentDetails(
        CurrentDetails.render(run(), changes, status, runningText(), waiting));
  }

  private String runningText() {
    return running == null
        ? null
        : running.title() + (beside == null ? "" : " with " + beside.title() + " beside it");
  }

  private void writeAll() {
    while (true) {
      Workflow.await(() -> recorded < changes.size() || closing);
      if (recorded == changes.size()) {
        return;
      }
      List<StateChange> news = List.copyOf(changes.subList(recorded, changes.size()));
      activities.record(run(), news);
      recorded += news.size();
    }
  }
}
