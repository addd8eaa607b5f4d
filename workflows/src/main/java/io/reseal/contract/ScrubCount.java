package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How far a tour has come at one level.
 *
 * @param visited how many copies it has visited
 * @param left how many are left
 * @param millis how long that took, not counting times outside the hours
 */
public record ScrubCount(
    @JsonProperty("visited") int visited,
    @JsonProperty("left") int left,
    @JsonProperty("millis") long millis) {

  public static final ScrubCount NONE = new ScrubCount(0, 0, 0);

  /** The same with what was visited since. */
  public ScrubCount visited(int more, long tookMillis) {
    return new ScrubCount(visited + more, Math.max(0, left - more), millis + tookMillis);
  }

  /** The same with a new count of what is left. */
  public ScrubCount left(int now) {
    return new ScrubCount(visited, now, millis);
  }

  /** How long the rest will take; null if nothing tells. */
  @JsonIgnore
  public Long leftMillis() {
    if (left == 0) {
      return 0L;
    }
    return visited == 0 ? null : millis / visited * left;
  }
}
