package io.reseal.scrub;

import io.reseal.contract.CheckLevel;
import io.reseal.contract.ScrubActivities;
import io.reseal.contract.ScrubCopy;
import io.reseal.contract.ScrubDue;
import io.reseal.contract.ScrubFindings;
import io.reseal.contract.ScrubPortion;
import io.reseal.contract.ScrubPosition;
import io.reseal.contract.ScrubQuestion;
import io.reseal.contract.ScrubRepairs;
import io.reseal.sector.SectorId;
import io.temporal.activity.Activity;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/** A host with one store of copies, each of which takes part in samples only. */
final class FakeStore implements ScrubActivities {

  private static final long POLL_NANOS = 10_000_000;

  private final int copies;
  private final List<Long> visited = new ArrayList<>();
  private final Set<Long> recorded = new TreeSet<>();
  private final List<Long> bytesPerSecond = new ArrayList<>();

  /** Called with each portion before it is checked; may throw. */
  Consumer<ScrubPortion> before = portion -> {};

  /** Sectors whose copies are damaged. */
  final Set<Long> damaged = new TreeSet<>();

  /** What the host says about the repairs, in this order; then there are none. */
  final List<ScrubRepairs> repairs = new ArrayList<>();

  /** Why the store cannot be checked, or null. */
  volatile String fault;

  FakeStore(int copies) {
    this.copies = copies;
  }

  @Override
  public synchronized ScrubDue due(ScrubQuestion question) {
    List<ScrubPosition> left =
        LongStream.range(0, copies)
            .filter(number -> !recorded.contains(number))
            .mapToObj(
                number ->
                    new ScrubPosition(
                        CheckLevel.SAMPLE, 0, new ScrubCopy(new SectorId(1001, number), "sealed")))
            .filter(
                position -> question.after() == null || position.compareTo(question.after()) > 0)
            .toList();
    return fault == null
        ? new ScrubDue(7, left.stream().limit(question.count()).toList(), left.size(), 0, 3, null)
        : new ScrubDue(7, List.of(), 0, 0, 0, fault);
  }

  @Override
  public ScrubFindings check(ScrubPortion portion) {
    synchronized (this) {
      bytesPerSecond.add(portion.bytesPerSecond());
    }
    int found = 0;
    for (ScrubCopy copy : portion.copies()) {
      before.accept(portion);
      found += visit(copy.sector().number()) ? 1 : 0;
    }
    return new ScrubFindings(portion.copies().size(), found, 0, 0);
  }

  /** As a host does: what it has recorded is not checked again. */
  private synchronized boolean visit(long number) {
    if (recorded.add(number)) {
      visited.add(number);
    }
    return damaged.contains(number);
  }

  @Override
  public synchronized ScrubRepairs repair(String store) {
    return repairs.isEmpty() ? new ScrubRepairs(0, 0) : repairs.remove(0);
  }

  /** The sectors that were checked, in order; one that was checked twice is there twice. */
  synchronized List<Long> visited() {
    return List.copyOf(visited);
  }

  /** How fast each portion may be read. */
  synchronized List<Long> bytesPerSecond() {
    return new ArrayList<>(bytesPerSecond);
  }

  /** As a host does while it reads. */
  static void heartbeatUntilCanceled() {
    while (true) {
      Activity.getExecutionContext().heartbeat(null);
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  static void meet(CyclicBarrier others) {
    try {
      others.await();
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new IllegalStateException(e);
    }
  }
}
