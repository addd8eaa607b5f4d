package io.reseal.exchange;

/** A file is not a sector state that can be imported; the message names the file and its faults. */
public final class SectorStateException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  SectorStateException(String message, Throwable cause) {
    super(message, cause);
  }
}
