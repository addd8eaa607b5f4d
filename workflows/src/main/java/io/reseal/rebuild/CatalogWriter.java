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
  private final List<StateChange> changes = new ArrayList<>();
  private int written;
  private boolean closing;

  CatalogWriter(ControlActivities activities) {
    this.activities = activities;
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
    return changes.size();
  }

  /** Waits until the catalog has every change, and stops. */
  void close() {
    closing = true;
    Workflow.await(() -> written == changes.size());
  }

  private void writeAll(Supplier<RunRecord> run) {
    while (true) {
      Workflow.await(() -> written < changes.size() || closing);
      if (written == changes.size()) {
        return;
      }
      List<StateChange> unwritten = List.copyOf(changes.subList(written, changes.size()));
      activities.record(run.get(), unwritten);
      written += unwritten.size();
    }
  }
}
