package io.reseal.plan;

import java.util.List;

/** Facts about a sector to the list of steps that bring it back. */
public final class RebuildPlan {

  private RebuildPlan() {}

  /** Everything is lost: the sector is sealed again from its pieces and its ticket. */
  public static List<Step> full() {
    return List.of(
        Step.FETCH_PIECES,
        Step.ADD_PIECES,
        Step.TREE_D,
        Step.PC1,
        Step.PC2,
        Step.CHECK_SEALED,
        Step.SKIP_SNAP,
        Step.PERSIST,
        Step.CHECK_STORED);
  }
}
