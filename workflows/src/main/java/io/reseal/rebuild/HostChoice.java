package io.reseal.rebuild;

import io.reseal.contract.ControlActivities;
import io.reseal.contract.RebuildRequest;
import io.reseal.options.ActivityProfiles;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.util.Objects;

/**
 * Which host's sealing thread a rebuild waits for: the one that an operator chose, or else one
 * whose stores have copies of the sector, because a repair there may take seconds where sealing
 * takes hours. It waits for such a host as long as the host can be expected to have a thread for
 * it.
 */
final class HostChoice {

  private final RebuildRequest request;
  private final OperatorRequests requests;
  private final ActivityProfiles profiles;

  private String operators;
  private String withCopies;
  private CancellationScope scope;
  private Promise<Void> limit;

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
    if (withCopies != null) {
      scope =
          Workflow.newCancellationScope(
              () -> limit = Workflow.newTimer(request.timings().hostGrace()));
      scope.run();
    }
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

  /** Whether to choose again: an operator did, or the host has not given a thread for a while. */
  boolean isOutdated() {
    return !Objects.equals(operators, requests.host())
        || (withCopies != null && limit.isCompleted());
  }

  /** The wait is over. */
  void end() {
    if (scope != null) {
      scope.cancel();
      scope = null;
    }
  }
}
