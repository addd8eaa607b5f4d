package io.reseal.core;

import io.reseal.problem.ProblemException;

/**
 * The native core's files are missing or cannot be loaded; the message gives the expected location.
 */
public final class CoreNotFoundException extends ProblemException {

  private static final long serialVersionUID = 1L;

  public CoreNotFoundException(String message) {
    super(Category.FAILED, message);
  }

  CoreNotFoundException(String message, Throwable cause) {
    super(Category.FAILED, message, cause);
  }
}
