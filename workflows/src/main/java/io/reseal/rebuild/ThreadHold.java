package io.reseal.rebuild;

import io.reseal.contract.FailureType;
import io.reseal.contract.HoldActivities;
import io.reseal.contract.HoldRequest;
import io.reseal.contract.ReleaseRequest;
import io.reseal.contract.SealingActivities;
import io.reseal.contract.ThreadGrant;
import io.reseal.options.ActivityProfiles;
import io.reseal.sector.SectorId;
import io.temporal.activity.ActivityOptions;
import io.temporal.api.enums.v1.TimeoutType;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TimeoutFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The sealing thread a rebuild holds: a running hold activity, and the grant it signalled. When a
 * host stops responding, the hold activity is retried and signals a grant again: the same one if
 * the host came back, a different one if another host took over.
 */
final class ThreadHold {

  /** Numbers that one hold may use: one for each of its attempts. */
  private static final long GRANTS_OF_A_HOLD = 1_000_000;

  /** How long a hold may take to end after its thread was released, before it is cancelled. */
  private static final Duration END_OF_HOLD = Duration.ofSeconds(10);

  private static final String SUMMARY = "hold a sealing thread for ";

  private final SectorId sector;
  private final ActivityProfiles profiles;

  /** False for a rebuild that an older version began. */
  private boolean endsEveryHold = true;

  /** The thread now held, or null. */
  private ThreadGrant grant;

  /** The only host whose thread is wanted, or null for any. */
  private String onlyHost;

  /** Number of grants so far. */
  private int grants;

  /** Grants with this number or a lower one are late: their hosts were replaced. */
  private long number;

  private CancellationScope scope;
  private Promise<Void> ended;

  /**
   * @param number the highest number that an earlier run of the rebuild has used, or 0
   */
  ThreadHold(SectorId sector, ActivityProfiles profiles, long number) {
    this.sector = sector;
    this.profiles = profiles;
    this.number = number;
  }

  void endsEveryHold(boolean every) {
    endsEveryHold = every;
  }

  /** The highest number of a grant so far. */
  long number() {
    return number;
  }

  /**
   * Accepts a grant from the hold activity. It is ignored if no thread is wanted any more, and if
   * it is late: the attempt that sent it was given up, so its host gives the thread back.
   */
  void granted(ThreadGrant newGrant) {
    if (ended != null
        && !ended.isCompleted()
        && (onlyHost == null || onlyHost.equals(newGrant.host()))
        && !isLate(newGrant)) {
      grant = newGrant;
      grants++;
    }
  }

  private boolean isLate(ThreadGrant newGrant) {
    if (newGrant.number() == null) {
      return false;
    }
    boolean late = newGrant.number() <= number;
    number = Math.max(number, newGrant.number());
    return late;
  }

  /**
   * The number from which the grants of the next hold count upwards. It contains the time, so that
   * a later rebuild of the same sector has higher numbers too.
   */
  long nextNumber() {
    long now = Workflow.currentTimeMillis() / 1000 * GRANTS_OF_A_HOLD;
    number = Math.max(number + GRANTS_OF_A_HOLD, now);
    return number;
  }

  /** Whether no hold is running, not even one that is ending. */
  boolean isOver() {
    return ended == null || ended.isCompleted();
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
    grant = null;
    onlyHost = host;
    // Detached: an abort first lets the running step end, then gives the thread back.
    scope = Workflow.newDetachedCancellationScope(() -> ended = ask(request));
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
   * Asks until the thread is given back. Any host may take an attempt. One that has to leave the
   * thread to the host that has it says so, and then that host is asked on its own queue: in a
   * large fleet it would hardly ever be the one that happens to take the next attempt.
   */
  private Promise<Void> ask(HoldRequest request) {
    return hold(profiles.hold(onlyHost, SUMMARY + sector), request)
        .handle((unused, failure) -> failure == null ? over() : afterAny(request, failure))
        .thenCompose(next -> next);
  }

  private Promise<Void> afterAny(HoldRequest request, RuntimeException failure) {
    return request.isDirected()
        ? itsHost(failure)
            .map(thread -> again(() -> askItsHost(request, thread), failure))
            .orElseGet(() -> failed(failure))
        : failed(failure);
  }

  private Promise<Void> askItsHost(HoldRequest request, ThreadGrant thread) {
    long until = Workflow.currentTimeMillis() + request.hostGrace().toMillis();
    HoldRequest atItsHost = request.atItsHost(thread, until, nextNumber());
    return hold(
            profiles.holdAtItsHost(thread.host(), request.hostGrace(), SUMMARY + sector), atItsHost)
        .handle(
            (unused, failure) ->
                failure == null
                    ? over()
                    : isAway(failure)
                        ? again(() -> ask(atItsHost.anywhere(nextNumber())), failure)
                        : failed(failure))
        .thenCompose(next -> next);
  }

  private static Promise<Void> hold(ActivityOptions options, HoldRequest request) {
    HoldActivities activities = Workflow.newActivityStub(HoldActivities.class, options);
    return Async.procedure(activities::hold, request);
  }

  /** Asks once more, unless the thread is not wanted any more. */
  private Promise<Void> again(Supplier<Promise<Void>> question, RuntimeException failure) {
    if (scope.isCancelRequested()) {
      return failed(failure);
    }
    List<Promise<Void>> asked = new ArrayList<>();
    scope = Workflow.newDetachedCancellationScope(() -> asked.add(question.get()));
    scope.run();
    return asked.get(0);
  }

  private static Promise<Void> over() {
    return Workflow.newPromise((Void) null);
  }

  private static Promise<Void> failed(RuntimeException failure) {
    return Workflow.newFailedPromise(failure);
  }

  /** The thread that the rebuild has, if a host left it to that one. */
  private static Optional<ThreadGrant> itsHost(RuntimeException failure) {
    return failure instanceof ActivityFailure
            && failure.getCause() instanceof ApplicationFailure left
            && left.getType().equals(FailureType.HOST_NO_THREAD.code())
            && left.getDetails().getSize() > 0
        ? Optional.of(left.getDetails().get(ThreadGrant.class))
        : Optional.empty();
  }

  /** Whether the host has not taken it for so long that another one may. */
  private static boolean isAway(RuntimeException failure) {
    return failure instanceof ActivityFailure
        && failure.getCause() instanceof TimeoutFailure timeout
        && timeout.getTimeoutType() == TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START;
  }

  /**
   * Releases the thread. On return its hold has ended, on whichever host it ran last, so that no
   * thread stays held by a rebuild that does not use it.
   *
   * @return whether its host answered; if not, its scratch is left as it is
   */
  boolean release(ThreadGrant thread, boolean removeScratch) {
    if (!endsEveryHold) {
      return releaseAsBefore(thread, removeScratch);
    }
    boolean held = isHeld() && grant.sameScratch(thread);
    int before = grants;
    boolean answered = releaseOnHost(held ? grant : thread, removeScratch);
    if (held && answered) {
      Workflow.await(END_OF_HOLD, () -> ended.isCompleted() || grants != before);
    }
    end();
    return answered;
  }

  /**
   * Ends the hold and waits for its end: the host that has the thread by then, or is about to grant
   * one, gives it back. Only a dead host does not, and its hold ends when its heartbeats are
   * missed.
   */
  void end() {
    if (ended != null && !ended.isCompleted() && endsEveryHold) {
      scope.cancel();
      Workflow.await(() -> ended.isCompleted());
    }
    grant = null;
  }

  /**
   * Marks a thread that is not held by this rebuild any more; if its host is away, it stays as it
   * is.
   */
  void markFaulted(ThreadGrant thread, String fault) {
    releaseOnHost(new ReleaseRequest(sector, thread, false, fault), "mark %s".formatted(thread));
  }

  /** For rebuilds that an older version began. */
  private boolean releaseAsBefore(ThreadGrant thread, boolean removeScratch) {
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
    return releaseOnHost(
        new ReleaseRequest(sector, thread, removeScratch),
        "release %s%s".formatted(thread, removeScratch ? ", remove scratch" : ""));
  }

  private boolean releaseOnHost(ReleaseRequest request, String summary) {
    try {
      Workflow.newActivityStub(SealingActivities.class, profiles.release(request.thread(), summary))
          .release(request);
      return true;
    } catch (ActivityFailure e) {
      return false;
    }
  }
}
