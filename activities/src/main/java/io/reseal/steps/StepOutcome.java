package io.reseal.steps;

/**
 * The outcome of a step that succeeded.
 *
 * @param detail one line to show
 * @param intactIn the stores that have the whole sector intact, if there is nothing left to do, or
 *     null
 * @param keyIn the store that has a snapped sector's key intact, or null
 * @param toDownload how many pieces have to be downloaded
 */
record StepOutcome(String detail, String intactIn, String keyIn, int toDownload) {

  /** The outcome of a step that searches for nothing. */
  static StepOutcome of(String detail) {
    return new StepOutcome(detail, null, null, 0);
  }
}
