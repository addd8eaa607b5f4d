package io.reseal.rebuild;

import io.reseal.contract.ControlActivities;
import io.reseal.contract.Names;
import io.reseal.contract.RebuildRequest;
import io.reseal.contract.RunRecord;
import io.reseal.contract.StageReport;
import io.reseal.contract.StateChange;
import io.reseal.contract.ThreadGrant;
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
  private String attention;
  private String lastError;
  private Step running;
  private int recorded;
  private boolean closing;

  Journal(RebuildRequest request, ActivityProfiles profiles) {
    this.request = request;
    this.activities =
        Workflow.newActivityStub(
            ControlActivities.class, profiles.control("record " + request.sector()));
    add("requested", null, "by " + request.requestedBy());
    // Detached: an abort or a cancellation must itself be recorded.
    Workflow.newDetachedCancellationScope(() -> Async.procedure(this::writeAll)).run();
  }

  RebuildState state() {
    return state;
  }

  String attention() {
    return attention;
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
        null,
        attention,
        lastError,
        request.requestedBy());
  }

  void threadHeld(ThreadGrant newThread) {
    thread = newThread;
    state = StateTable.next(state, Event.THREAD_HELD);
    add("thread held", null, newThread.location());
  }

  void stepBegins(Step step) {
    running = step;
    show();
  }

  void stepDone(Step step, StageReport report) {
    running = null;
    state = StateTable.next(state, step.done());
    attempts += report == null ? 0 : report.attempt();
    add(step.title(), report, report == null ? null : report.detail());
  }

  /** The finished steps are gone; the rebuild begins again. */
  void scratchLost(String why) {
    running = null;
    state = StateTable.next(state, Event.SCRATCH_LOST);
    lastError = why;
    add("scratch lost", null, why);
  }

  /** The rebuild waits for a person. */
  void parked(String reason) {
    running = null;
    attention = reason;
    lastError = reason;
    add("parked", null, reason);
  }

  void resumed(String how) {
    attention = null;
    add("resumed", null, how);
  }

  void aborted(String how) {
    running = null;
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
    Workflow.setCurrentDetails(CurrentDetails.render(run(), changes, running));
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
