package io.reseal.exchange;

import io.reseal.problem.ProblemException;

/** Curio's database cannot be reached or does not answer; the message states which and why. */
public final class CurioException extends ProblemException {

  private static final long serialVersionUID = 1L;

  CurioException(String message, Throwable cause) {
    super(Category.UNREACHABLE, message, cause);
  }
}
