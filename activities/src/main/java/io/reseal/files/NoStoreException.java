package io.reseal.files;

import io.reseal.contract.FailureType;
import io.reseal.contract.HasFailureType;
import java.io.IOException;

/** No attached store can take a sector; the message states why for each. */
public final class NoStoreException extends IOException implements HasFailureType {

  NoStoreException(String message) {
    super(message);
  }

  @Override
  public FailureType failureType() {
    return FailureType.HOST_NO_STORE;
  }
}
