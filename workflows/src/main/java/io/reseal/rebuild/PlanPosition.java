package io.reseal.rebuild;

import io.reseal.contract.Continuation;
import io.reseal.contract.SectorFacts;
import io.reseal.contract.StageReport;
import io.reseal.plan.RebuildPlan;
import io.reseal.plan.Repair;
import io.reseal.plan.Step;
import io.reseal.plan.UnsealedWish;
import io.reseal.plan.Unsealing;
import io.reseal.sector.Commitment;
import io.reseal.sector.RebuildState;
import java.util.List;

/** A rebuild's plan, and how many of its steps are done. */
final class PlanPosition {

  private List<Step> plan = RebuildPlan.of(RebuildPlan.Needs.PLAIN);

  /** Index of the next step. */
  private int next;

  /** The highest index reached so far. */
  private int furthest;

  /** Whether pieces have to be downloaded. */
  private boolean download;

  /** The store that has the key of a snapped sector intact, or null. */
  private String keyIn;

  /** What can be done instead of sealing, or null. */
  private Repair repair;

  /** How the unsealed copy is made; null if none is wanted, or as long as this is not known. */
  private Unsealing unsealing;

  PlanPosition() {}

  /** The place that an earlier run of the rebuild had reached. */
  PlanPosition(Continuation.Position reached) {
    plan = reached.plan();
    next = reached.next();
    furthest = reached.furthest();
    download = reached.download();
    keyIn = reached.keyIn();
    repair = reached.repair();
    unsealing = reached.unsealing();
  }

  Continuation.Position handOver() {
    return new Continuation.Position(
        List.copyOf(plan), next, furthest, download, keyIn, repair, unsealing);
  }

  List<Step> plan() {
    return plan;
  }

  boolean includes(Step step) {
    return plan.contains(step);
  }

  boolean hasBegun() {
    return next > 0;
  }

  boolean isAtEnd() {
    return next >= plan.size();
  }

  Step next() {
    return plan.get(next);
  }

  /** The store whose copy of the key this plan uses, or null. */
  String keyKept() {
    return includes(Step.KEEP_KEY) || includes(Step.REPAIR_KEY) ? keyIn : null;
  }

  /** What this plan does instead of sealing, or null. */
  Repair repair() {
    return includes(Step.REPAIR)
            || includes(Step.REPAIR_KEY)
            || includes(Step.ENCODE)
            || includes(Step.SNAP_KEY)
        ? repair
        : null;
  }

  /** The root of tree C that this plan makes the sealed file with, or null. */
  Commitment commC() {
    return includes(Step.ENCODE) ? repair.commC() : null;
  }

  /** How this plan makes the unsealed copy; null if it makes none. */
  Unsealing unsealing() {
    return unsealing != null && unsealing.stores() ? unsealing : null;
  }

  /** Whether this plan makes nothing but the unsealed copy. */
  boolean onlyUnseals() {
    return unsealing != null && unsealing.only();
  }

  /** Whether this plan decodes the data of the unsealed copy. */
  boolean decodes() {
    return unsealing != null && unsealing.decodes();
  }

  /** Whether this plan assembles pieces only for the unsealed copy. */
  boolean unsealsFromPieces() {
    return unsealing != null && unsealing.from() == Unsealing.From.PIECES;
  }

  /**
   * Draws the plan again; steps that are done stay done.
   *
   * @param unsealed what is wanted of the unsealed copy, or null
   */
  void draw(SectorFacts facts, boolean prove, UnsealedWish unsealed) {
    boolean only = unsealed == UnsealedWish.ONLY;
    List<Step> done = plan.subList(0, next);
    List<Step> drawn =
        RebuildPlan.of(
            new RebuildPlan.Needs(
                prove && !only,
                facts.proof().hasSyntheticProofs(),
                facts.snap() != null,
                download,
                keyIn != null,
                repair,
                !facts.hasData(),
                unsealing == null && only
                    ? new Unsealing(Unsealing.From.PIECES, true)
                    : unsealing));
    next = RebuildPlan.positionAfter(done, drawn);
    plan = drawn;
  }

  /** Records what the step that fetches pieces found; the plan must then be drawn again. */
  void found(StageReport fetched) {
    download = fetched.toDownload() > 0;
    keyIn = fetched.keyIn();
    repair = fetched.repair();
    unsealing = fetched.unsealing();
  }

  /** Marks the next step as done; returns whether the rebuild got further than ever before. */
  boolean advance() {
    next++;
    boolean further = next > furthest;
    furthest = Math.max(furthest, next);
    return further;
  }

  void restart() {
    next = 0;
  }

  /** Skips the remaining steps, because nothing is left to do. */
  void end() {
    next = plan.size();
  }

  /** Goes to the first step that begins in that state. */
  void goTo(RebuildState state) {
    next = RebuildPlan.positionAt(state, plan);
  }

  /**
   * The state from which this plan makes what a plan that seals makes from the given one: a key
   * that is not sealed is made of assembled pieces.
   */
  RebuildState madeFrom(RebuildState sealing) {
    return sealing == RebuildState.PC1_DONE && includes(Step.SNAP_KEY)
        ? RebuildState.PIECE_ADDED
        : sealing;
  }

  /** Whether a step that begins in that state is done. */
  boolean isPast(RebuildState state) {
    return next > RebuildPlan.positionAt(state, plan);
  }
}
