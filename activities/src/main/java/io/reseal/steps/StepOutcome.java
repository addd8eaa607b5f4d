package io.reseal.steps;

import io.reseal.contract.StoredCopy;
import io.reseal.plan.Repair;
import io.reseal.plan.Unsealing;

/**
 * The outcome of a step that succeeded.
 *
 * @param detail one line to show
 * @param intactIn the stores that have the whole sector intact, if there is nothing left to do, or
 *     null
 * @param keyIn the store that has a snapped sector's key intact, or null
 * @param toDownload how many pieces have to be downloaded
 * @param stored the copy that was put into a store, or null
 * @param repaired what was done about what stored copies lacked, or null
 * @param repair what can be done instead of sealing, or null
 * @param keyLost why a lost key stays lost, or null
 * @param unsealing how the unsealed copy is to be made, or null
 */
record StepOutcome(
    String detail,
    String intactIn,
    String keyIn,
    int toDownload,
    StoredCopy stored,
    String repaired,
    Repair repair,
    String keyLost,
    Unsealing unsealing) {

  /** The outcome of a step that is not asked for an unsealed copy. */
  StepOutcome(
      String detail,
      String intactIn,
      String keyIn,
      int toDownload,
      StoredCopy stored,
      String repaired,
      Repair repair,
      String keyLost) {
    this(detail, intactIn, keyIn, toDownload, stored, repaired, repair, keyLost, null);
  }

  /** The outcome of a step that leaves no key lost. */
  StepOutcome(
      String detail,
      String intactIn,
      String keyIn,
      int toDownload,
      StoredCopy stored,
      String repaired,
      Repair repair) {
    this(detail, intactIn, keyIn, toDownload, stored, repaired, repair, null);
  }

  /** The outcome of a step that searches for nothing. */
  static StepOutcome of(String detail) {
    return new StepOutcome(detail, null, null, 0, null, null, null);
  }

  /**
   * Whether the rebuild makes neither a sealed form nor a key, only what is missing beside them.
   */
  boolean keepsAll() {
    return repair != null && repair.commC() == null && !repair.makesLostKey() && keyIn == null;
  }

  /** The same with a store that has all that is wanted, or null. */
  StepOutcome intactIn(String store) {
    return new StepOutcome(
        detail, store, keyIn, toDownload, stored, repaired, repair, keyLost, unsealing);
  }

  /** The same with a further remark; also where only what was repaired is shown. */
  StepOutcome and(String remark) {
    String remarks = repaired == null ? remark : "%s; %s".formatted(repaired, remark);
    return new StepOutcome(
        "%s; %s".formatted(detail, remark),
        intactIn,
        keyIn,
        toDownload,
        stored,
        intactIn == null ? repaired : remarks,
        repair,
        keyLost,
        unsealing);
  }

  /** The same with the way to make the unsealed copy. */
  StepOutcome unsealing(Unsealing how, int pieces) {
    return new StepOutcome(detail, intactIn, keyIn, pieces, stored, repaired, repair, keyLost, how);
  }

  static StepOutcome stored(String detail, StoredCopy stored) {
    return new StepOutcome(detail, null, null, 0, stored, null, null);
  }
}
