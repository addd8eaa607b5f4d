package io.reseal.pieces;

import java.time.Duration;

/** Lets time pass. */
@FunctionalInterface
interface Pause {
  void last(Duration duration) throws InterruptedException;
}
