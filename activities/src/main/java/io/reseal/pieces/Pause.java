package io.reseal.pieces;

import java.time.Duration;

/** Waits for some time. */
@FunctionalInterface
interface Pause {
  void last(Duration duration) throws InterruptedException;
}
