package io.reseal.rebuild;

import io.reseal.plan.Repair;
import io.reseal.plan.Step;

/** Says of steps that do nothing why there is nothing to do. */
final class SkippedStep {

  private static final String ONLY_UNSEALED = "left as it is: only the unsealed copy is made";

  private SkippedStep() {}

  /** The note of a step, or null if its title says all. */
  static String note(Step step, PlanPosition position) {
    return switch (step) {
      case SKIP_PIECES ->
          position.decodes()
              ? "a piece is missing; the data are decoded"
              : "the sector has no data";
      case SKIP_TREE_D ->
          position.decodes() ? "not needed to decode" : "not needed: comm_c is known";
      case KEEP_KEY -> "key kept, in store \"%s\"".formatted(position.keyKept());
      case KEEP_SEALED ->
          position.onlyUnseals()
              ? ONLY_UNSEALED
              : kept("sealed file", position.repair().sealedIn());
      case KEEP_UPDATE -> position.onlyUnseals() ? ONLY_UNSEALED : keptUpdate(position.repair());
      case SKIP_KEY -> "the key is lost, which no proof reads";
      default -> null;
    };
  }

  private static String kept(String what, String store) {
    return "not made again: %s in store \"%s\"; the repair checks it".formatted(what, store);
  }

  /** The key has its CommR only if every byte of the update that it was made of is right. */
  private static String keptUpdate(Repair repair) {
    return repair.makesLostKey()
        ? "not made again: the update in store \"%s\" is right to the last byte"
            .formatted(repair.updateIn())
        : kept("update", repair.updateIn());
  }
}
