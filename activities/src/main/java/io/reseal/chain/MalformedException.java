package io.reseal.chain;

/** A part of an answer is not what it must be; the message states which, to follow "in which". */
final class MalformedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  MalformedException(String message) {
    super(message);
  }
}
