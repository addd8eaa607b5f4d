package io.reseal.chain;

/** Two nodes differ on a fact that determines what is sealed. */
public final class DisagreementException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  DisagreementException(String what, String first, Object one, String second, Object other) {
    super(
        "The nodes disagree on %s: %s says %s, %s says %s. Leave out the one that is wrong."
            .formatted(what, first, one, second, other));
  }
}
