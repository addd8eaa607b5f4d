package io.reseal.rebuild;

import io.reseal.contract.SealingActivities;
import io.reseal.contract.SectorFacts;
import io.reseal.contract.StageReport;
import io.reseal.contract.StageRequest;
import io.reseal.contract.StepActivities;
import io.reseal.contract.ThreadGrant;
import io.reseal.options.ActivityProfiles;
import io.reseal.plan.StateTable;
import io.reseal.plan.Step;
import io.reseal.sector.RebuildState;
import io.temporal.workflow.ActivityStub;
import io.temporal.workflow.Workflow;
import java.util.List;

/** Starts steps as activities on the held thread's host, and asks that host which states it has. */
final class StageCalls {

  private final ActivityProfiles profiles;
  private final boolean urgent;

  /**
   * @param urgent see {@link StageRequest#urgent()}
   */
  StageCalls(ActivityProfiles profiles, boolean urgent) {
    this.profiles = profiles;
    this.urgent = urgent;
  }

  /**
   * @param force see {@link StageRequest#force()}
   * @param state the state the rebuild is in
   * @param keyIn see {@link StageRequest#keyIn()}
   */
  ActivityCall<StageReport> begin(
      SectorFacts facts,
      ThreadGrant thread,
      Step step,
      boolean force,
      RebuildState state,
      String keyIn) {
    RebuildState reached = StateTable.next(state, step);
    return begin(
        new StageRequest(facts, thread, step, force, state, reached, false, keyIn, urgent));
  }

  /** Begins a sealing step before its turn; its result counts only when its turn has come. */
  ActivityCall<StageReport> beginEarly(
      SectorFacts facts, ThreadGrant thread, Step step, boolean force, RebuildState state) {
    return begin(new StageRequest(facts, thread, step, force, state, state, true, null, urgent));
  }

  private ActivityCall<StageReport> begin(StageRequest request) {
    Step step = request.step();
    ActivityStub activity =
        Workflow.newUntypedActivityStub(
            profiles.stage(
                step,
                request.thread(),
                "%s %s on %s".formatted(step.title(), request.facts().sector(), request.thread())));
    return ActivityCall.begin(
        () -> activity.executeAsync(StepActivities.typeOf(step), StageReport.class, request));
  }

  /** The states whose files are in that thread's scratch; fails if its host does not answer. */
  List<RebuildState> usableStates(SectorFacts facts, ThreadGrant thread, String keyIn) {
    return Workflow.newActivityStub(
            SealingActivities.class,
            profiles.ask(
                thread, "look at the scratch of %s on %s".formatted(facts.sector(), thread)))
        .usableStates(facts, thread, keyIn);
  }
}
