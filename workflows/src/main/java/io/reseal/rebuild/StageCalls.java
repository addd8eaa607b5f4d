package io.reseal.rebuild;

import io.reseal.contract.SealingActivities;
import io.reseal.contract.SectorFacts;
import io.reseal.contract.StageReport;
import io.reseal.contract.StageRequest;
import io.reseal.contract.StepActivities;
import io.reseal.contract.StoredCopy;
import io.reseal.contract.ThreadGrant;
import io.reseal.options.ActivityProfiles;
import io.reseal.plan.StateTable;
import io.reseal.plan.Step;
import io.reseal.plan.UnsealedWish;
import io.reseal.plan.Unsealing;
import io.reseal.sector.Commitment;
import io.reseal.sector.RebuildState;
import io.temporal.workflow.ActivityStub;
import io.temporal.workflow.Workflow;
import java.util.List;
import java.util.Optional;

/**
 * Starts steps as activities on the held thread's host, and asks that host which states its scratch
 * holds. PC1, which needs no data, is started early: it runs while the pieces are downloaded and
 * assembled.
 */
final class StageCalls {

  private final ActivityProfiles profiles;
  private final boolean urgent;
  private final boolean forced;
  private final EarlyStep early = new EarlyStep();

  /**
   * @param urgent see {@link StageRequest#urgent()}
   * @param forced whether an operator wants everything to be made
   */
  StageCalls(ActivityProfiles profiles, boolean urgent, boolean forced) {
    this.profiles = profiles;
    this.urgent = urgent;
    this.forced = forced;
  }

  /**
   * Starts a step, or takes the running call if it was started early.
   *
   * @param stored see {@link StageRequest#stored()}
   * @param fromZero see {@link StageRequest#fromZero()}
   * @param force see {@link StageRequest#force()}
   * @param unsealed see {@link StageRequest#unsealed()}
   * @param alongside see {@link StageRequest#alongside()}
   * @param state the state the rebuild is in
   */
  ActivityCall<StageReport> begin(
      SectorFacts facts,
      ThreadGrant thread,
      Step step,
      StoredCopy stored,
      boolean fromZero,
      boolean force,
      Shortcuts shortcuts,
      UnsealedWish unsealed,
      List<SectorFacts> alongside,
      RebuildState state,
      PlanPosition position) {
    Optional<ActivityCall<StageReport>> begun = early.take(step);
    if (begun.isPresent()) {
      return begun.get();
    }
    RebuildState reached = StateTable.next(state, step);
    boolean looks = step == Step.FETCH_PIECES;
    ActivityCall<StageReport> call =
        begin(
            new StageRequest(
                facts,
                thread,
                step,
                force,
                state,
                reached,
                false,
                position.keyKept(),
                stored,
                fromZero && looks,
                urgent,
                shortcuts.mayRepair() && looks,
                position.includes(Step.REPAIR),
                position.commC(),
                shortcuts.mayEncode() && looks,
                looks ? shortcuts.lostKey() : null,
                position.repair(),
                unsealed,
                looks && shortcuts.withoutPieces(),
                looks ? null : position.unsealing(),
                (looks || step == Step.PC1) && mayCopyLayers(shortcuts),
                step == Step.PC1 ? alongside : null),
            what(step, position));
    if (step == Step.DOWNLOAD_PIECES && position.includes(Step.PC1)) {
      StageRequest pc1 =
          new StageRequest(
              facts,
              thread,
              Step.PC1,
              force,
              state,
              state,
              true,
              null,
              null,
              false,
              urgent,
              null,
              null,
              position.commC(),
              null,
              null,
              position.repair(),
              unsealed,
              null,
              position.unsealing(),
              mayCopyLayers(shortcuts),
              alongside);
      early.begin(Step.PC1, () -> begin(pc1, Step.PC1.title()));
    }
    return call;
  }

  private boolean mayCopyLayers(Shortcuts shortcuts) {
    return !forced && shortcuts.mayCopyLayers();
  }

  /** The step that was started early and is still running, or null. */
  Step earlyStep() {
    return early.step();
  }

  boolean earlyFailed() {
    return early.hasFailed();
  }

  /** Throws the failure of the step that was started early. */
  void throwEarlyFailure() {
    early.take(early.step()).orElseThrow().getUnless(() -> false);
  }

  /** Stops the step that was started early, if one is running. */
  void stopEarly() {
    early.stop();
  }

  /** What a step does, for people. */
  private static String what(Step step, PlanPosition position) {
    return switch (step) {
      case REPAIR, REPAIR_KEY, REPAIR_UPDATE -> "repair %s of".formatted(position.repair().what());
      case SNAP_KEY -> "key from update and data of";
      case DECODE -> "decode the data of";
      case PERSIST -> storesOnlyUnsealed(position) ? "store the unsealed copy of" : step.title();
      default -> step.title();
    };
  }

  private static boolean storesOnlyUnsealed(PlanPosition position) {
    return position.unsealing() != null && position.unsealing().only();
  }

  private ActivityCall<StageReport> begin(StageRequest request, String what) {
    Step step = request.step();
    ActivityStub activity =
        Workflow.newUntypedActivityStub(
            profiles.stage(
                step,
                request.thread(),
                "%s %s on %s".formatted(what, request.facts().sector(), request.thread())));
    return ActivityCall.begin(
        () -> activity.executeAsync(StepActivities.typeOf(step), StageReport.class, request));
  }

  /** The states whose files are in the thread's scratch; fails if its host does not answer. */
  List<RebuildState> usableStates(
      SectorFacts facts, ThreadGrant thread, String keyIn, Commitment commC, Unsealing unsealing) {
    return Workflow.newActivityStub(
            SealingActivities.class,
            profiles.ask(
                thread, "inspect the scratch of %s on %s".formatted(facts.sector(), thread)))
        .usableStates(facts, thread, keyIn, commC, unsealing);
  }
}
