package io.reseal.exchange;

import io.reseal.problem.RefusedException;

/** A file is not a sector state that can be imported; the message names the file and its faults. */
public final class SectorStateException extends RefusedException {

  private static final long serialVersionUID = 1L;

  SectorStateException(String message, Throwable cause) {
    super(message, cause);
  }
}
