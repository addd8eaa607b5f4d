package io.reseal.problem;

/** What was asked for cannot be done, and nothing was changed; the message says why. */
public class RefusedException extends ProblemException {

  private static final long serialVersionUID = 1L;

  public RefusedException(String message) {
    this(message, null);
  }

  public RefusedException(String message, Throwable cause) {
    super(Category.REFUSED, message, cause);
  }
}
