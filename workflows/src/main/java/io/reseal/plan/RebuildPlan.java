package io.reseal.plan;

import io.reseal.sector.RebuildState;
import java.util.ArrayList;
import java.util.List;

/** Facts about a sector to the list of steps that bring it back. */
public final class RebuildPlan {

  private RebuildPlan() {}

  /**
   * What decides a plan. A plain sector is sealed from pieces that are at hand, and kept.
   *
   * @param prove whether a seal proof is made too
   * @param synthetic whether its proof type has synthetic proofs
   * @param snapped whether it was snapped
   * @param download whether pieces have to be brought to the host first
   * @param keyStored whether a store has the sealed sector intact, though not all of the sector
   */
  public record Needs(
      boolean prove, boolean synthetic, boolean snapped, boolean download, boolean keyStored) {

    public static final Needs PLAIN = new Needs(false, false, false, false, false);

    /** A proof is made of layers, which no store has. */
    private boolean keepsKey() {
      return snapped && keyStored && !prove;
    }
  }

  /** The steps that bring a sector back, in order. */
  public static List<Step> of(Needs needs) {
    List<Step> plan = new ArrayList<>(List.of(Step.FETCH_PIECES));
    if (needs.download()) {
      plan.add(Step.DOWNLOAD_PIECES);
    }
    plan.addAll(needs.keepsKey() ? List.of(Step.KEEP_KEY) : sealing(needs));
    plan.addAll(
        needs.snapped()
            ? List.of(Step.SNAP_ADD_PIECES, Step.SNAP_TREE_D, Step.SNAP_ENCODE, Step.CHECK_SNAP)
            : List.of(Step.SKIP_SNAP));
    plan.addAll(List.of(Step.PERSIST, Step.CHECK_STORED));
    return List.copyOf(plan);
  }

  private static List<Step> sealing(Needs needs) {
    List<Step> steps = new ArrayList<>(List.of(Step.ADD_PIECES, Step.TREE_D, Step.PC1, Step.PC2));
    if (needs.synthetic()) {
      steps.add(Step.SYNTHETIC);
    }
    steps.add(Step.CHECK_SEALED);
    if (needs.prove()) {
      steps.addAll(List.of(Step.WAIT_SEED, Step.C1, Step.C2));
    }
    return steps;
  }

  /**
   * The step to do next when a plan is replaced: the one after the last step of the new plan that
   * comes no later than what is done.
   *
   * @param done the steps that are done, the first ones of the plan before
   */
  public static int positionAfter(List<Step> done, List<Step> plan) {
    if (done.isEmpty()) {
      return 0;
    }
    Step last = done.get(done.size() - 1);
    return (int) plan.stream().filter(step -> step.compareTo(last) <= 0).count();
  }

  /** The step to do next in a state: the first one of the plan that begins in it. */
  public static int positionAt(RebuildState state, List<Step> plan) {
    RebuildState reached = StateTable.next(RebuildState.EMPTY, Event.THREAD_HELD);
    for (int position = 0; position < plan.size(); position++) {
      if (state == reached || state == RebuildState.EMPTY) {
        return position;
      }
      reached = StateTable.next(reached, plan.get(position).done());
    }
    throw new IllegalArgumentException("No step of the plan begins in %s.".formatted(state));
  }
}
