package io.reseal.catalog;

import java.time.Instant;

/** Sealing threads as hosts report them. */
public final class ThreadRows {

  private ThreadRows() {}

  /** A thread for rebuilds that has no sector. */
  public static ThreadRow idle(String host, int index, String location, Instant seenAt) {
    return new ThreadRow(
        host, index, location, "rebuild", null, false, null, false, "Empty", null, null, null,
        seenAt);
  }
}
