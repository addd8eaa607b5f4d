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
 * The sealing thread a rebuild holds: a running hold activity, and the grant it signalled. A host
 * that falls silent shows as the hold's next attempt, which signals a grant again: the same one
 * when the host came back, another one when a different host took over.
 */
final class ThreadHold {

  private final SectorId sector;
  private final ActivityProfiles profiles;

  /** The thread now held, or null. */
  private ThreadGrant grant;

  /** The only host whose thread is wanted, or null for any. */
  private String onlyHost;

  /** Grants so far. */
  private int grants;

  private CancellationScope scope;
  private Promise<Void> ended;

  ThreadHold(SectorId sector, ActivityProfiles profiles) {
    this.sector = sector;
    this.profiles = profiles;
  }

  /**
   * A grant from the hold activity; one that comes when no thread is wanted any more is ignored.
   */
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

  /** How many grants there were: another one means that the host came back, or a new one came. */
  int grants() {
    return grants;
  }

  /** Whether the hold is no longer what it was when {@code since} was granted. */
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
        // A host that grants at this very moment does so before its hold ends: never mistaken for
        // the grant of a later hold.
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
   * Gives the thread back, and also one of another host that was granted in its place and not taken
   * up yet.
   *
   * @return whether its host answered; if not, its scratch stays as it is
   */
  boolean release(ThreadGrant thread, boolean removeScratch) {
    boolean answered = true;
    boolean ending = false;
    if (isHeld() && !grant.sameScratch(thread)) {
      sendRelease(grant, false);
    }
    while (answered && !ending) {
      grant = null;
      answered = sendRelease(thread, removeScratch);
      if (answered && ended != null) {
        // A host that was just started again may hold the thread again after the release.
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

  private boolean sendRelease(ThreadGrant thread, boolean removeScratch) {
    try {
      Workflow.newActivityStub(
              SealingActivities.class,
              profiles.release(
                  thread,
                  "give back %s%s".formatted(thread, removeScratch ? ", remove scratch" : "")))
          .release(new ReleaseRequest(sector, thread, removeScratch));
      return true;
    } catch (ActivityFailure e) {
      return false;
    }
  }
}
