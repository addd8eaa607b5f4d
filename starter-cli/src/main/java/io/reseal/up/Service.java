package io.reseal.up;

import java.util.concurrent.CompletableFuture;

/** A running part of the embedded installation. */
interface Service extends AutoCloseable {

  /** For people: {@code MariaDB}. */
  String name();

  /** For people: where it can be reached. */
  String where();

  /** Completes when it has ended, by itself or stopped. */
  CompletableFuture<?> ended();

  /** Whether it has ended because somebody wanted that, so that the others go on without it. */
  default boolean isDone() {
    return false;
  }

  /** Stops it and waits until it has ended. */
  @Override
  void close();
}
