package io.reseal.chain;

import io.reseal.problem.ProblemException;

/** Two nodes differ on a fact that determines what is sealed. */
public final class DisagreementException extends ProblemException {

  private static final long serialVersionUID = 1L;

  DisagreementException(String what, String first, Object one, String second, Object other) {
    super(
        Category.FAILED,
        "The nodes disagree on %s: %s says %s, %s says %s. Leave out the one that is wrong."
            .formatted(what, first, one, second, other));
  }
}
