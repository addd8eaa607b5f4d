package io.reseal.cli.shell;

import io.reseal.problem.ProblemException;

/** A sealing host does not answer; the message says what to check. */
public final class SilentHostException extends ProblemException {

  private static final long serialVersionUID = 1L;

  public SilentHostException(String message) {
    super(Category.UNREACHABLE, message);
  }
}
