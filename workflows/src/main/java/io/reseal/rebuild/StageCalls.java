package io.reseal.rebuild;

import io.reseal.contract.SealingActivities;
import io.reseal.contract.SectorFacts;
import io.reseal.contract.StageReport;
import io.reseal.contract.StageRequest;
import io.reseal.contract.ThreadGrant;
import io.reseal.plan.StateTable;
import io.reseal.plan.Step;
import io.reseal.sector.RebuildState;
import io.temporal.failure.ActivityFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Functions;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;

/** Starts the plan's steps as activities on the held thread's host. */
final class StageCalls {

  private final ActivityProfiles profiles;

  StageCalls(ActivityProfiles profiles) {
    this.profiles = profiles;
  }

  Call begin(SectorFacts facts, ThreadGrant thread, Step step, RebuildState state) {
    SealingActivities activities =
        Workflow.newActivityStub(
            SealingActivities.class,
            profiles.stage(
                step, thread, "%s %s on %s".formatted(step.title(), facts.sector(), thread)));
    StageRequest request =
        new StageRequest(facts, thread, step, false, state, StateTable.next(state, step.done()));
    return new Call(method(activities, step), request);
  }

  private static Functions.Func1<StageRequest, StageReport> method(
      SealingActivities activities, Step step) {
    return switch (step) {
      case FETCH_PIECES -> activities::fetchPieces;
      case ADD_PIECES -> activities::addPieces;
      case TREE_D -> activities::treeD;
      case PC1 -> activities::pc1;
      case PC2 -> activities::pc2;
      case CHECK_SEALED -> activities::checkSealed;
      case C1 -> activities::c1;
      case C2 -> activities::c2;
      case PERSIST -> activities::persist;
      case CHECK_STORED -> activities::checkStored;
      case SKIP_SNAP, WAIT_SEED -> throw new IllegalArgumentException(step + " runs on no host.");
    };
  }

  /** A running step. */
  static final class Call {

    private final CancellationScope scope;
    private Promise<StageReport> result;

    private Call(Functions.Func1<StageRequest, StageReport> method, StageRequest request) {
      scope = Workflow.newCancellationScope(() -> result = Async.function(method, request));
      scope.run();
    }

    boolean isCompleted() {
      return result.isCompleted();
    }

    StageReport get() {
      return result.get();
    }

    /** Stops the step; returns when nothing of it runs any more, or its host is given up. */
    void cancelAndWait() {
      scope.cancel();
      try {
        result.get();
      } catch (ActivityFailure e) {
        // However it ended: its result is not wanted any more.
      }
    }
  }
}
