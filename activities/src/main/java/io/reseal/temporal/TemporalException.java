package io.reseal.temporal;

import io.reseal.problem.ProblemException;

/** A Temporal server cannot be used; the message states what happened and what to do. */
public final class TemporalException extends ProblemException {

  private static final long serialVersionUID = 1L;

  public TemporalException(String message) {
    super(Category.FAILED, message);
  }

  public TemporalException(String message, Throwable cause) {
    super(Category.FAILED, message, cause);
  }

  TemporalException(Category category, String message, Throwable cause) {
    super(category, message, cause);
  }
}
