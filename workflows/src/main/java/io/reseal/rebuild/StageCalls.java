package io.reseal.rebuild;

import io.reseal.contract.SealingActivities;
import io.reseal.contract.SectorFacts;
import io.reseal.contract.StageReport;
import io.reseal.contract.StageRequest;
import io.reseal.contract.ThreadGrant;
import io.reseal.options.ActivityProfiles;
import io.reseal.plan.StateTable;
import io.reseal.plan.Step;
import io.reseal.sector.RebuildState;
import io.temporal.workflow.Functions;
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
    SealingActivities activities =
        Workflow.newActivityStub(
            SealingActivities.class,
            profiles.stage(
                step,
                request.thread(),
                "%s %s on %s".formatted(step.title(), request.facts().sector(), request.thread())));
    return ActivityCall.begin(method(activities, step), request);
  }

  /** The states whose files are in that thread's scratch; fails if its host does not answer. */
  List<RebuildState> usableStates(SectorFacts facts, ThreadGrant thread, String keyIn) {
    return Workflow.newActivityStub(
            SealingActivities.class,
            profiles.ask(
                thread, "look at the scratch of %s on %s".formatted(facts.sector(), thread)))
        .usableStates(facts, thread, keyIn);
  }

  private static Functions.Func1<StageRequest, StageReport> method(
      SealingActivities activities, Step step) {
    return switch (step) {
      case FETCH_PIECES -> activities::fetchPieces;
      case DOWNLOAD_PIECES -> activities::downloadPieces;
      case ADD_PIECES -> activities::addPieces;
      case TREE_D -> activities::treeD;
      case PC1 -> activities::pc1;
      case PC2 -> activities::pc2;
      case SYNTHETIC -> activities::synthetic;
      case CHECK_SEALED -> activities::checkSealed;
      case C1 -> activities::c1;
      case C2 -> activities::c2;
      case SNAP_ADD_PIECES -> activities::snapAddPieces;
      case SNAP_TREE_D -> activities::snapTreeD;
      case SNAP_ENCODE -> activities::snapEncode;
      case CHECK_SNAP -> activities::checkSnap;
      case PERSIST -> activities::persist;
      case CHECK_STORED -> activities::checkStored;
      case KEEP_KEY, SKIP_SNAP, WAIT_SEED ->
          throw new IllegalArgumentException(step + " runs on no host.");
    };
  }
}
