package io.reseal.worker;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Passes changes on a sealing host to the parts that depend on them. */
final class HostEvents {

  private final List<Runnable> onThreads = new CopyOnWriteArrayList<>();
  private final List<Runnable> onLabelling = new CopyOnWriteArrayList<>();

  /** Runs an action whenever a sealing thread has changed. */
  void onThreads(Runnable action) {
    onThreads.add(action);
  }

  /** Runs an action whenever the labelling of a sector has changed. */
  void onLabelling(Runnable action) {
    onLabelling.add(action);
  }

  void threadsChanged() {
    onThreads.forEach(Runnable::run);
  }

  void labellingChanged() {
    onLabelling.forEach(Runnable::run);
  }
}
