package io.reseal.files;

import io.reseal.contract.FailureType;
import io.reseal.contract.HasFailureType;
import java.io.IOException;

/** Work on files made no progress, so it was left: a disk or network file system hangs. */
public final class HangingException extends IOException implements HasFailureType {

  private static final long serialVersionUID = 1L;

  public HangingException(String message) {
    super(message);
  }

  @Override
  public FailureType failureType() {
    return FailureType.HOST_IO;
  }
}
