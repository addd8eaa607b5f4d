package io.reseal.core;

/**
 * The native core's files are not there or cannot be loaded; the message says where they should be.
 */
public final class CoreNotFoundException extends RuntimeException {

  public CoreNotFoundException(String message) {
    super(message);
  }

  CoreNotFoundException(String message, Throwable cause) {
    super(message, cause);
  }
}
