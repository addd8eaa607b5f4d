package io.reseal.steps;

import io.reseal.contract.StoredCopy;
import io.reseal.plan.Repair;

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
 */
record StepOutcome(
    String detail,
    String intactIn,
    String keyIn,
    int toDownload,
    StoredCopy stored,
    String repaired,
    Repair repair,
    String keyLost) {

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

  static StepOutcome stored(String detail, StoredCopy stored) {
    return new StepOutcome(detail, null, null, 0, stored, null, null);
  }
}
