package io.reseal.rebuild;

import io.reseal.contract.ControlActivities;
import io.reseal.contract.RebuildRequest;
import io.reseal.options.ActivityProfiles;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Workflow;
import java.util.Objects;

/**
 * Which host's sealing thread a rebuild waits for: the one that an operator chose, or else one
 * whose stores have copies of the sector, because a repair there may take seconds where sealing
 * takes hours. It keeps its place in the queue of such a host for as long as the host can be
 * expected to have a thread for it.
 */
final class HostChoice {

  private final RebuildRequest request;
  private final OperatorRequests requests;
  private final ActivityProfiles profiles;

  private String operators;
  private String withCopies;
  private boolean isNoLonger;
  private CancellationScope scope;

  HostChoice(RebuildRequest request, OperatorRequests requests, ActivityProfiles profiles) {
    this.request = request;
    this.requests = requests;
    this.profiles = profiles;
  }

  /**
   * Chooses.
   *
   * @param copiesHelp whether a host with copies of the sector is better than any other
   */
  void make(boolean copiesHelp) {
    operators = requests.host();
    withCopies =
        operators == null
                && copiesHelp
                && Workflow.getVersion("hosts with copies", Workflow.DEFAULT_VERSION, 1) == 1
            ? ask()
            : null;
    isNoLonger = false;
    if (withCopies != null) {
      scope = Workflow.newCancellationScope(() -> Async.procedure(this::watch));
      scope.run();
    }
  }

  /** Asks from time to time whether that host is still the one to wait for. */
  private void watch() {
    do {
      Workflow.sleep(request.timings().hostGrace());
    } while (withCopies.equals(ask()));
    isNoLonger = true;
  }

  private String ask() {
    return Workflow.newActivityStub(
            ControlActivities.class,
            profiles.control("look for copies of %s".formatted(request.sector())))
        .hostWithCopies(request.sector());
  }

  /** The only host whose thread is wanted, or null for any. */
  String host() {
    return operators == null ? withCopies : operators;
  }

  /** For people: what the rebuild waits for. */
  String waitsFor() {
    if (host() == null) {
      return "a sealing thread";
    }
    return "a sealing thread of %s%s"
        .formatted(host(), withCopies == null ? "" : ", whose stores have copies of the sector");
  }

  /** Whether to choose again: an operator did, or another host is better now. */
  boolean isOutdated() {
    return !Objects.equals(operators, requests.host()) || isNoLonger;
  }

  /** The wait is over. */
  void end() {
    if (scope != null) {
      scope.cancel();
      scope = null;
    }
  }
}
