package io.reseal.files;

import io.reseal.contract.FailureType;
import io.reseal.contract.HasFailureType;
import io.reseal.sector.SectorId;
import java.io.IOException;

/** A later attempt has taken over a sector in a store; this one must not change anything there. */
public final class SupersededException extends IOException implements HasFailureType {

  SupersededException(SectorId sector, Fence by) {
    super(
        "Attempt %d of run %s has taken over sector %s in this store; this attempt changes nothing more there."
            .formatted(by.attempt(), by.runId(), sector));
  }

  @Override
  public FailureType failureType() {
    return FailureType.HOST_SUPERSEDED;
  }
}
