package io.reseal.plan;

import io.reseal.sector.RebuildState;
import java.util.List;
import java.util.stream.Stream;

/** Facts about a sector to the list of steps that bring it back. */
public final class RebuildPlan {

  private RebuildPlan() {}

  private static final List<Step> SEAL =
      List.of(
          Step.FETCH_PIECES, Step.ADD_PIECES, Step.TREE_D, Step.PC1, Step.PC2, Step.CHECK_SEALED);

  private static final List<Step> PROVE = List.of(Step.WAIT_SEED, Step.C1, Step.C2);

  private static final List<Step> KEEP = List.of(Step.SKIP_SNAP, Step.PERSIST, Step.CHECK_STORED);

  /**
   * Everything is lost: the sector is sealed again from its pieces and its ticket.
   *
   * @param prove whether a seal proof is made too
   */
  public static List<Step> full(boolean prove) {
    return Stream.of(SEAL, prove ? PROVE : List.<Step>of(), KEEP).flatMap(List::stream).toList();
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
