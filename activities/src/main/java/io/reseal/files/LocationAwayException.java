package io.reseal.files;

import io.reseal.contract.FailureType;
import io.reseal.contract.HasFailureType;
import java.io.IOException;
import java.nio.file.Path;

/** A sealing thread's location is not there: its disk may be away. */
public final class LocationAwayException extends IOException implements HasFailureType {

  private static final long serialVersionUID = 1L;

  LocationAwayException(Path location) {
    super(
        "The sealing thread's location %s is not a directory; create it or mount its disk."
            .formatted(location));
  }

  @Override
  public FailureType failureType() {
    return FailureType.HOST_DISK;
  }
}
