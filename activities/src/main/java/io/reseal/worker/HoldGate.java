package io.reseal.worker;

import io.temporal.worker.Worker;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Asks Temporal for work only while some sealing thread may take it, so that a rebuild waits in its
 * queue for a host that can take it, instead of being refused by one that cannot.
 */
public final class HoldGate {

  private final List<Worker> workers;
  private final BooleanSupplier wantsHolds;
  private boolean open = true;

  /**
   * @param workers the workers on the queues where rebuilds ask for threads
   * @param wantsHolds whether some sealing thread may take a rebuild
   */
  public HoldGate(List<Worker> workers, BooleanSupplier wantsHolds) {
    this.workers = List.copyOf(workers);
    this.wantsHolds = wantsHolds;
  }

  /** Called after each change of a thread, and periodically, because marks expire. */
  public synchronized void adjust() {
    if (wantsHolds.getAsBoolean() == open) {
      return;
    }
    open = !open;
    workers.forEach(open ? Worker::resumePolling : Worker::suspendPolling);
  }
}
