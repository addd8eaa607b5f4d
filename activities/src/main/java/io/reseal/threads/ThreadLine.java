package io.reseal.threads;

import io.reseal.plan.Step;
import io.reseal.sector.RebuildState;
import java.util.EnumMap;
import java.util.Map;

/**
 * What lists show of the rebuild on a sealing thread: its state, the progress of its running steps,
 * and what failed last. Guarded by the thread's lock.
 */
final class ThreadLine {

  private final Map<Step, String> progress = new EnumMap<>(Step.class);
  private RebuildState state = RebuildState.EMPTY;
  private String lastError;

  /** Another sector holds the thread from now on. */
  void begin() {
    state = RebuildState.ALLOCATED;
    lastError = null;
    progress.clear();
  }

  /** No sector holds the thread any more; what failed last still shows. */
  void free() {
    state = RebuildState.EMPTY;
    progress.clear();
  }

  RebuildState state() {
    return state;
  }

  void at(RebuildState newState) {
    state = newState;
  }

  /** The progress of all running steps, or null. */
  String progress() {
    return progress.isEmpty() ? null : String.join("; ", progress.values());
  }

  void progress(Step step, String line) {
    progress.put(step, line);
  }

  void ended(Step step) {
    progress.remove(step);
  }

  /** What failed last, or null. */
  String lastError() {
    return lastError;
  }

  /**
   * @param error what failed, or null if nothing is wrong any more
   */
  void lastError(String error) {
    lastError = error;
  }
}
