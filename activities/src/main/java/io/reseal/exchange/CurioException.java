package io.reseal.exchange;

/** Curio's database cannot be reached or does not answer; the message states which and why. */
public final class CurioException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  CurioException(String message, Throwable cause) {
    super(message, cause);
  }
}
