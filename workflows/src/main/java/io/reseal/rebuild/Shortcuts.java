package io.reseal.rebuild;

import io.reseal.contract.Continuation;
import io.reseal.contract.FailureType;
import io.reseal.plan.LostKey;
import io.reseal.plan.Step;

/**
 * What may still be done instead of sealing everything. Each shortcut that turns out to lead
 * nowhere is not tried again.
 */
final class Shortcuts {

  /** Whether a store's copy of the key turned out to be damaged; none is used from then on. */
  private boolean keyDamaged;

  /** Whether what was to be repaired turned out to be damaged; nothing is repaired from then on. */
  private boolean repairFailed;

  /**
   * Whether what was made with a known comm_c turned out to be wrong; everything is sealed from
   * then on.
   */
  private boolean encodingFailed;

  /** What to do about a lost key; null once its update has turned out to be damaged. */
  private LostKey lostKey = LostKey.MAKE;

  /** Whether the data of the unsealed copy have to be had without the pieces. */
  private boolean withoutPieces;

  /** Whether layers that were copied from a store turned out to be wrong; all are made then. */
  private boolean layersWrong;

  /** All of them, for a rebuild that begins. */
  Shortcuts() {}

  /** Those that an earlier run of the rebuild has left. */
  Shortcuts(Continuation.Work before) {
    keyDamaged = before.keyDamaged();
    repairFailed = before.repairFailed();
    encodingFailed = before.encodingFailed();
    lostKey = before.lostKey();
    withoutPieces = before.withoutPieces();
    layersWrong = before.layersWrong();
  }

  boolean keyDamaged() {
    return keyDamaged;
  }

  boolean repairFailed() {
    return repairFailed;
  }

  boolean encodingFailed() {
    return encodingFailed;
  }

  LostKey lostKey() {
    return lostKey;
  }

  boolean withoutPieces() {
    return withoutPieces;
  }

  boolean layersWrong() {
    return layersWrong;
  }

  /** Whether layers may be copied from stores instead of being labelled. */
  boolean mayCopyLayers() {
    return !layersWrong;
  }

  /** Whether what stores lack may be made from what they have. */
  boolean mayRepair() {
    return !repairFailed && !encodingFailed;
  }

  /** Whether a lost sealed file may be made with the known comm_c. */
  boolean mayEncode() {
    return !encodingFailed;
  }

  /** Leaves the shortcut that a failure shows to be none. */
  void learnFrom(Triage failure, PlanPosition position) {
    boolean replicaDamaged = failure.type() == FailureType.STORE_REPLICA_DAMAGED;
    keyDamaged |= failure.type() == FailureType.SECTOR_KEY_DAMAGED;
    repairFailed |= replicaDamaged;
    boolean copiedLayersWrong = failure.type() == FailureType.STORE_LAYERS_WRONG;
    layersWrong |= copiedLayersWrong;
    // Only a sector of which all layers and trees are there can be diagnosed.
    encodingFailed |=
        position.includes(Step.ENCODE) && failure.spoilsLayers() && !copiedLayersWrong;
    if (replicaDamaged && position.includes(Step.SNAP_KEY)) {
      lostKey = null;
    }
  }

  /** Takes another way if a piece is missing that this one needs; returns whether there is one. */
  boolean avoidMissingPiece(Triage failure, PlanPosition position) {
    if (!failure.lacksPiece()) {
      return false;
    }
    if (position.unsealsFromPieces() && !withoutPieces) {
      withoutPieces = true;
      return true;
    }
    if (position.includes(Step.SNAP_KEY)) {
      lostKey = LostKey.LEAVE;
      return true;
    }
    return false;
  }

  /** While a rebuild is parked, pieces may be found. */
  void parked() {
    withoutPieces = false;
  }
}
