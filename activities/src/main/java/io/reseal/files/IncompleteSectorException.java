package io.reseal.files;

import io.reseal.contract.FailureType;
import io.reseal.contract.HasFailureType;
import java.io.IOException;
import java.util.List;

/** Files of a sealed sector that must be there are missing or have another size. */
public final class IncompleteSectorException extends IOException implements HasFailureType {

  IncompleteSectorException(List<String> faults) {
    super(
        "The sealed sector is not complete: %s; it must be sealed again."
            .formatted(String.join(", ", faults)));
  }

  @Override
  public FailureType failureType() {
    return FailureType.SCRATCH_LOST;
  }
}
