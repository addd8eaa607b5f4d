package io.reseal.worker;

import io.reseal.threads.SealingThreads;
import io.temporal.worker.Worker;
import java.util.List;

/**
 * Asks Temporal for work only while some sealing thread may take it, so that a rebuild waits in its
 * queue for a host that can, rather than being turned away by one that cannot.
 */
final class HoldGate {

  private final List<Worker> workers;
  private SealingThreads threads;
  private boolean open = true;

  /**
   * @param workers those that serve the queues on which threads are asked for
   */
  HoldGate(List<Worker> workers) {
    this.workers = List.copyOf(workers);
  }

  synchronized void begin(SealingThreads all) {
    threads = all;
    adjust();
  }

  /** Called after each change of a thread, and now and then: a mark ends with time alone. */
  synchronized void adjust() {
    if (threads == null || threads.wantsHolds() == open) {
      return;
    }
    open = !open;
    workers.forEach(open ? Worker::resumePolling : Worker::suspendPolling);
  }
}
