package io.reseal.up;

import io.reseal.problem.ProblemException;

/** The embedded installation cannot be started or has stopped; the message says what to do. */
public final class UpException extends ProblemException {

  private static final long serialVersionUID = 1L;

  private UpException(Category category, String message, Throwable cause) {
    super(category, message, cause);
  }

  /** What was asked for cannot be done; nothing was started. */
  static UpException refused(String message) {
    return new UpException(Category.REFUSED, message, null);
  }

  /** A service did not start, or ended unexpectedly. */
  static UpException failed(String message, Throwable cause) {
    return new UpException(Category.FAILED, message, cause);
  }
}
