package io.reseal.up;

import java.util.concurrent.CompletableFuture;

/** A running part of the embedded installation. */
interface Service extends AutoCloseable {

  /** Its name in messages, e.g. {@code MariaDB}. */
  String name();

  /** Its address in messages. */
  String where();

  /** Completes when it has ended, whether it was stopped or not. */
  CompletableFuture<?> ended();

  /** Whether it ended on request, so that the others keep running. */
  default boolean isDone() {
    return false;
  }

  /** Stops it and waits until it has ended. */
  @Override
  void close();
}
