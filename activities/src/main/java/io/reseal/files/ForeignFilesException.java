package io.reseal.files;

import io.reseal.contract.FailureType;
import io.reseal.contract.HasFailureType;
import java.io.IOException;

/** Files lie in a sealing thread's location that Reseal did not put there, so it keeps off. */
public final class ForeignFilesException extends IOException implements HasFailureType {

  ForeignFilesException(String message) {
    super(message);
  }

  @Override
  public FailureType failureType() {
    return FailureType.CONFIG_INVALID;
  }
}
