package io.reseal.bench;

import io.reseal.problem.ProblemException;

/** A measurement cannot go on; the message says why. */
final class BenchException extends ProblemException {

  private static final long serialVersionUID = 1L;

  BenchException(String message) {
    super(Category.FAILED, message);
  }
}
