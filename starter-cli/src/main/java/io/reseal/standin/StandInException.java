package io.reseal.standin;

import io.reseal.problem.ProblemException;

/** A stand-in failed at its work, so the demo or a test cannot go on; the message says why. */
public final class StandInException extends ProblemException {

  private static final long serialVersionUID = 1L;

  public StandInException(String message) {
    super(Category.FAILED, message);
  }
}
