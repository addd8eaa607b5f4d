package io.reseal.threads;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.files.MarkFile;
import java.nio.file.Path;

/**
 * Why a sealing thread takes no new work; kept in its location, so that it survives restarts.
 *
 * @param by who paused it, or the host that found the fault
 * @param at since when, in epoch milliseconds
 * @param reason for people: who paused it or what failed
 * @param now whether the running step is stopped too, and none may run
 */
public record ThreadMark(
    @JsonProperty("by") String by,
    @JsonProperty("at") long at,
    @JsonProperty("reason") String reason,
    @JsonProperty("now") boolean now) {

  /** Set by an operator. */
  static MarkFile<ThreadMark> paused(Path location) {
    return file(location, "paused");
  }

  /** Set when a step met a fault of the host. */
  public static MarkFile<ThreadMark> faulted(Path location) {
    return file(location, "faulted");
  }

  private static MarkFile<ThreadMark> file(Path location, String name) {
    return new MarkFile<>(
        location.resolve("reseal").resolve(name),
        ThreadMark.class,
        (at, what) -> new ThreadMark("an unknown person", at, what, false));
  }
}
