package io.reseal.files;

import java.io.IOException;
import java.nio.file.Path;

/** Stands for a process that dies just before its n-th file operation: it does none after that. */
final class Crash extends IOException {

  private Crash(String operation, Path path) {
    super("died before: " + operation + " " + path);
  }

  /** Operations on a device of small blocks that end with a crash before the n-th, from 1. */
  static Durable before(int n) {
    int[] count = {0};
    return new Durable(
        (operation, path) -> {
          if (++count[0] >= n) {
            throw new Crash(operation, path);
          }
        },
        512);
  }

  interface Deed {
    void with(Durable durable) throws IOException;
  }

  /** What the deed looks like after a crash before its n-th operation; false if it has fewer. */
  static boolean happens(int n, Deed deed) throws IOException {
    try {
      deed.with(before(n));
      return false;
    } catch (Crash expected) {
      return true;
    }
  }
}
