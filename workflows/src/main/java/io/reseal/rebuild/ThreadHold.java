package io.reseal.rebuild;

import io.reseal.contract.HoldActivities;
import io.reseal.contract.HoldRequest;
import io.reseal.contract.ReleaseRequest;
import io.reseal.contract.SealingActivities;
import io.reseal.contract.ThreadGrant;
import io.reseal.options.ActivityProfiles;
import io.reseal.sector.SectorId;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.util.function.Supplier;

/**
 * The sealing thread a rebuild holds: a running hold activity, and the grant it signalled. When a
 * host stops responding, the hold activity is retried and signals a grant again: the same one if
 * the host came back, a different one if another host took over.
 */
final class ThreadHold {

  private final SectorId sector;
  private final ActivityProfiles profiles;

  /** The thread now held, or null. */
  private ThreadGrant grant;

  /** The only host whose thread is wanted, or null for any. */
  private String onlyHost;

  /** Number of grants so far. */
  private int grants;

  private CancellationScope scope;
  private Promise<Void> ended;

  ThreadHold(SectorId sector, ActivityProfiles profiles) {
    this.sector = sector;
    this.profiles = profiles;
  }

  /** Accepts a grant from the hold activity; ignored if no thread is wanted any more. */
  void granted(ThreadGrant newGrant) {
    if (ended != null
        && !ended.isCompleted()
        && (onlyHost == null || onlyHost.equals(newGrant.host()))) {
      grant = newGrant;
      grants++;
    }
  }

  boolean isHeld() {
    return grant != null && !ended.isCompleted();
  }

  ThreadGrant grant() {
    return grant;
  }

  /** Number of grants so far; an increase means that the host came back or another took over. */
  int grants() {
    return grants;
  }

  /** Whether the hold has ended or moved to other scratch since {@code since} was granted. */
  boolean changed(ThreadGrant since) {
    return !isHeld() || !grant.sameScratch(since);
  }

  /**
   * Asks for a thread and waits until one is granted.
   *
   * @param host the only host whose thread is wanted, or null for any
   * @param stop gives up waiting when it becomes true
   * @return whether a thread is held
   */
  boolean acquire(HoldRequest request, String host, Supplier<Boolean> stop) {
    HoldActivities activities =
        Workflow.newActivityStub(
            HoldActivities.class, profiles.hold(host, "hold a sealing thread for " + sector));
    grant = null;
    onlyHost = host;
    // Detached: an abort first lets the running step end, then gives the thread back.
    scope =
        Workflow.newDetachedCancellationScope(
            () -> ended = Async.procedure(activities::hold, request));
    scope.run();
    try {
      Workflow.await(() -> grant != null || ended.isCompleted() || stop.get());
      if (grant == null && !ended.isCompleted()) {
        scope.cancel();
        // A host may still grant while the hold is being cancelled. Waiting for the end of the hold
        // makes sure that such a grant is not taken for one of a later hold.
        Workflow.await(() -> ended.isCompleted());
        grant = null;
        return false;
      }
    } catch (CanceledFailure e) {
      scope.cancel();
      throw e;
    }
    if (grant == null) {
      ended.get();
      throw new IllegalStateException("The hold ended without a grant.");
    }
    return true;
  }

  /**
   * Releases the thread, and also a thread of another host that was granted in its place but not
   * used yet.
   *
   * @return whether its host answered; if not, its scratch is left as it is
   */
  boolean release(ThreadGrant thread, boolean removeScratch) {
    boolean answered = true;
    boolean ending = false;
    if (isHeld() && !grant.sameScratch(thread)) {
      releaseOnHost(grant, false);
    }
    while (answered && !ending) {
      grant = null;
      answered = releaseOnHost(thread, removeScratch);
      if (answered && ended != null) {
        // A host that has just restarted may hold the thread again after the release.
        Workflow.await(() -> ended.isCompleted() || grant != null);
      }
      ending = ended == null || ended.isCompleted();
    }
    if (!ending && ended != null) {
      scope.cancel();
    }
    grant = null;
    return answered;
  }

  /** Asks the host to release the thread; returns whether it answered. */
  private boolean releaseOnHost(ThreadGrant thread, boolean removeScratch) {
    try {
      Workflow.newActivityStub(
              SealingActivities.class,
              profiles.release(
                  thread,
                  "release %s%s".formatted(thread, removeScratch ? ", remove scratch" : "")))
          .release(new ReleaseRequest(sector, thread, removeScratch));
      return true;
    } catch (ActivityFailure e) {
      return false;
    }
  }
}
