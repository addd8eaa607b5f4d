package io.reseal.threads;

import io.reseal.contract.FailureType;
import io.reseal.contract.HasFailureType;

/** No sealing thread of this host can take the sector now; the message says why, for each. */
public final class NoThreadException extends Exception implements HasFailureType {

  NoThreadException(String message) {
    super(message);
  }

  @Override
  public FailureType failureType() {
    return FailureType.HOST_BUSY;
  }
}
