package io.reseal.worker;

import io.reseal.threads.SealingThreads;
import io.temporal.worker.Worker;
import java.util.List;

/**
 * Asks Temporal for work only while some sealing thread may take it, so that a rebuild waits in its
 * queue for a host that can take it, instead of being refused by one that cannot.
 */
final class HoldGate {

  private final List<Worker> workers;
  private final SealingThreads threads;
  private boolean open = true;

  /**
   * @param workers the workers on the queues where rebuilds ask for threads
   */
  HoldGate(List<Worker> workers, SealingThreads threads) {
    this.workers = List.copyOf(workers);
    this.threads = threads;
  }

  /** Called after each change of a thread, and periodically, because marks expire. */
  synchronized void adjust() {
    if (threads.wantsHolds() == open) {
      return;
    }
    open = !open;
    workers.forEach(open ? Worker::resumePolling : Worker::suspendPolling);
  }
}
