package io.reseal.problem;

/**
 * Something went wrong that a person can do something about. The message says what happened, to
 * what, and what to do; the category decides a command's exit status.
 */
public class ProblemException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What kind of problem it is. */
  public enum Category {
    /** What was asked for cannot be done, and nothing was changed. */
    REFUSED,
    /** A service or host that is needed does not answer. */
    UNREACHABLE,
    /** It was tried and failed. */
    FAILED
  }

  private final Category category;

  public ProblemException(Category category, String message) {
    this(category, message, null);
  }

  public ProblemException(Category category, String message, Throwable cause) {
    super(message, cause);
    this.category = category;
  }

  public Category category() {
    return category;
  }
}
