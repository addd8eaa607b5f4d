package io.reseal.up;

/** The embedded installation cannot be started or went down; the message says what to do. */
public final class UpException extends RuntimeException {

  /** Whether the request was refused before anything was started. */
  private final boolean refused;

  private UpException(String message, boolean refused, Throwable cause) {
    super(message, cause);
    this.refused = refused;
  }

  /** The request was refused; nothing was started. */
  static UpException refused(String message) {
    return new UpException(message, true, null);
  }

  /** A service did not start or ended unexpectedly. */
  static UpException failed(String message, Throwable cause) {
    return new UpException(message, false, cause);
  }

  public boolean isRefused() {
    return refused;
  }
}
