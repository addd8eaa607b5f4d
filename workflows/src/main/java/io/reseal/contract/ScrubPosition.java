package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Comparator;

/**
 * A copy's place in the order in which a tour visits copies: samples before whole copies, and of
 * each kind the one that was not checked for longest first.
 *
 * @param level how much of it is read
 * @param checkedAt when that was last done, in epoch milliseconds; 0 for never
 * @param copy which copy
 */
public record ScrubPosition(
    @JsonProperty("level") CheckLevel level,
    @JsonProperty("checkedAt") long checkedAt,
    @JsonProperty("copy") ScrubCopy copy)
    implements Comparable<ScrubPosition> {

  private static final Comparator<ScrubPosition> ORDER =
      Comparator.comparing(ScrubPosition::level)
          .thenComparing(ScrubPosition::checkedAt)
          .thenComparing(position -> position.copy().sector())
          .thenComparing(position -> position.copy().replica());

  @Override
  public int compareTo(ScrubPosition other) {
    return ORDER.compare(this, other);
  }
}
