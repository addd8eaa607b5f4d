package io.reseal.plan;

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
}
