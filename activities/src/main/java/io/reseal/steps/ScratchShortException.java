package io.reseal.steps;

import io.reseal.contract.FailureType;
import io.reseal.contract.HasFailureType;
import io.reseal.sector.SectorId;

/** A thread was held with room for a repair only, and has no room for what has to be made. */
final class ScratchShortException extends Exception implements HasFailureType {

  private static final long serialVersionUID = 1;

  /**
   * @param lack what room is lacking, in half a sentence
   */
  ScratchShortException(SectorId sector, String lack) {
    super(
        "More of sector %s has to be made than its files in stores had suggested: %s."
            .formatted(sector, lack));
  }

  @Override
  public FailureType failureType() {
    return FailureType.HOST_SCRATCH_SHORT;
  }
}
