package io.reseal.rebuild;

import io.reseal.contract.Continuation;
import io.reseal.contract.RebuildRequest;
import io.reseal.contract.RebuildWorkflow;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.ContinueAsNewOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInfo;

/**
 * Decides when a rebuild goes on in a new run of its workflow, and starts that run. Temporal ends a
 * workflow whose history is too long; a rebuild that is parked for weeks would get there.
 */
final class NextRun {

  /** Far below Temporal's limit of 51,200, so that a history stays readable. */
  static final int EVENTS_PER_RUN = 2_000;

  private static final long BYTES_PER_RUN = 1 << 20;

  private final RebuildRequest request;
  private final int eventsPerRun;
  private boolean begun;
  private int asked;

  NextRun(RebuildRequest request, int eventsPerRun) {
    this.request = request;
    this.eventsPerRun = eventsPerRun;
  }

  /**
   * Whether the history is long enough; never at first, so that each run does some work. A run that
   * an older version began went on at this point; that is replayed, and the next time it counts.
   * Hence a change id for each time.
   */
  boolean isDue() {
    WorkflowInfo info = Workflow.getInfo();
    boolean isFirstTime = !begun;
    begun = true;
    boolean isLong =
        info.getHistoryLength() > eventsPerRun
            || info.getHistorySize() > BYTES_PER_RUN
            || info.isContinueAsNewSuggested();
    return !isFirstTime
        && isLong
        && Workflow.getVersion("next-run-" + asked++, Workflow.DEFAULT_VERSION, 1) == 1;
  }

  /** Whether no operator's request would be lost: none is being handled, and none cancels it. */
  boolean losesNothing() {
    return Workflow.isEveryHandlerFinished() && !CancellationScope.current().isCancelRequested();
  }

  /** Ends this run. Search attributes and memo stay as they are. */
  void begin(Continuation continuation) {
    Workflow.newContinueAsNewStub(
            RebuildWorkflow.class,
            ContinueAsNewOptions.newBuilder()
                .setTypedSearchAttributes(Workflow.getTypedSearchAttributes())
                .build())
        .rebuild(request.from(continuation));
  }
}
