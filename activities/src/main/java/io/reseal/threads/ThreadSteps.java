package io.reseal.threads;

import java.util.HashMap;
import java.util.Map;

/** The steps that run on a sealing thread. */
public final class ThreadSteps {

  private final Map<Object, Runnable> running = new HashMap<>();

  /**
   * A step begins.
   *
   * @param stop makes it end soon
   */
  public synchronized void begins(Object step, Runnable stop) {
    running.put(step, stop);
  }

  public synchronized void ended(Object step) {
    running.remove(step);
    notifyAll();
  }

  /** Makes all steps end soon; whether none runs. */
  public synchronized boolean stop() {
    running.values().forEach(Runnable::run);
    return running.isEmpty();
  }

  /** Makes all steps end, and returns when none runs. */
  public synchronized void end() throws InterruptedException {
    while (!stop()) {
      wait();
    }
  }
}
