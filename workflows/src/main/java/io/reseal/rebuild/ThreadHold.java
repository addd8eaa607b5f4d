package io.reseal.rebuild;

import io.reseal.contract.HoldActivities;
import io.reseal.contract.HoldRequest;
import io.reseal.contract.ReleaseRequest;
import io.reseal.contract.SealingActivities;
import io.reseal.contract.ThreadGrant;
import io.reseal.sector.SectorId;
import io.temporal.failure.ActivityFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;

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
    if (scope != null) {
      grant = newGrant;
    }
  }

  boolean isHeld() {
    return grant != null && !ended.isCompleted();
  }

  ThreadGrant grant() {
    return grant;
  }

  /** Whether the hold is no longer what it was when {@code since} was granted. */
  boolean changed(ThreadGrant since) {
    return !isHeld() || !grant.sameScratch(since);
  }

  /** Asks for a thread and waits until one is granted. */
  void acquire(HoldRequest request) {
    HoldActivities activities =
        Workflow.newActivityStub(
            HoldActivities.class, profiles.hold("hold a sealing thread for " + sector));
    scope = Workflow.newCancellationScope(() -> ended = Async.procedure(activities::hold, request));
    scope.run();
    Workflow.await(() -> grant != null || ended.isCompleted());
    if (grant == null) {
      scope = null;
      ended.get();
      throw new IllegalStateException("The hold ended without a grant.");
    }
  }

  /**
   * Gives the thread back.
   *
   * @return whether its host answered; if not, its scratch stays as it is
   */
  boolean release(ThreadGrant thread, boolean removeScratch) {
    boolean answered = true;
    try {
      Workflow.newActivityStub(
              SealingActivities.class,
              profiles.release(
                  thread,
                  "give back %s%s".formatted(thread, removeScratch ? ", remove scratch" : "")))
          .release(new ReleaseRequest(sector, thread, removeScratch));
    } catch (ActivityFailure e) {
      answered = false;
    }
    if (scope != null) {
      // Where the release was heard, the hold is ending by itself; else this ends it.
      scope.cancel();
      scope = null;
    }
    grant = null;
    return answered;
  }
}
