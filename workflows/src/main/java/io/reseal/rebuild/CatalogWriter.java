package io.reseal.rebuild;

import io.reseal.contract.ControlActivities;
import io.reseal.contract.RunRecord;
import io.reseal.contract.StateChange;
import io.temporal.workflow.Async;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A rebuild's state changes, and writing them to the catalog in order. The writing runs beside the
 * work, so that sealing goes on while the catalog is unavailable.
 */
final class CatalogWriter {

  private final ControlActivities activities;
  private final List<StateChange> changes;
  private int written;
  private boolean closing;

  /** Whether the row has changed without a state change. */
  private boolean rowChanged;

  /**
   * @param recorded changes that an earlier run of the rebuild has written; if there are any, the
   *     row is written once more, with the id of this run
   */
  CatalogWriter(ControlActivities activities, List<StateChange> recorded) {
    this.activities = activities;
    this.changes = new ArrayList<>(recorded);
    this.written = recorded.size();
    this.rowChanged = !recorded.isEmpty();
  }

  /**
   * @param run gives the run's row as it is at the newest change
   */
  void start(Supplier<RunRecord> run) {
    // Detached: an abort or a cancellation must itself be recorded.
    Workflow.newDetachedCancellationScope(() -> Async.procedure(() -> writeAll(run))).run();
  }

  void add(StateChange change) {
    changes.add(change);
  }

  List<StateChange> changes() {
    return List.copyOf(changes);
  }

  StateChange newest() {
    return changes.get(changes.size() - 1);
  }

  /** The sequence number of the next change. */
  int nextSeq() {
    return changes.isEmpty() ? 0 : newest().seq() + 1;
  }

  /** Whether the catalog has every change. */
  boolean isWritten() {
    return written == changes.size() && !rowChanged;
  }

  /** Waits until the catalog has every change, and stops. */
  void close() {
    closing = true;
    Workflow.await(this::isWritten);
  }

  private void writeAll(Supplier<RunRecord> run) {
    while (true) {
      Workflow.await(() -> !isWritten() || closing);
      if (isWritten()) {
        return;
      }
      List<StateChange> unwritten = List.copyOf(changes.subList(written, changes.size()));
      activities.record(run.get(), unwritten);
      written += unwritten.size();
      rowChanged = false;
    }
  }
}
