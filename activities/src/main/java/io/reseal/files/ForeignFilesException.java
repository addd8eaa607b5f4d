package io.reseal.files;

import io.reseal.contract.FailureType;
import io.reseal.contract.HasFailureType;
import java.io.IOException;

/**
 * A sealing thread's location holds files that Reseal did not put there, so it leaves them alone.
 */
public final class ForeignFilesException extends IOException implements HasFailureType {

  public ForeignFilesException(String message) {
    super(message);
  }

  @Override
  public FailureType failureType() {
    return FailureType.CONFIG_INVALID;
  }
}
