package io.reseal.files;

import io.reseal.contract.FailureType;
import io.reseal.contract.HasFailureType;
import java.io.IOException;

/** A sealing thread's location is not there or does not answer: its disk may be away. */
public final class LocationAwayException extends IOException implements HasFailureType {

  private static final long serialVersionUID = 1L;

  LocationAwayException(String message) {
    super(message);
  }

  @Override
  public FailureType failureType() {
    return FailureType.HOST_DISK;
  }
}
