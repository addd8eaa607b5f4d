package io.reseal.catalog;

import java.time.Duration;
import java.time.Instant;

/**
 * How far one clock is from another.
 *
 * @param ahead how far the first one is ahead; negative if it is behind
 */
public record ClockSkew(Duration ahead) {

  /** Clocks that a time server keeps differ by far less. */
  private static final Duration MOST = Duration.ofSeconds(5);

  /**
   * This host's clock beside another one that was asked. However long the answer took, it alone
   * makes no difference.
   *
   * @param asked when the other one was asked, by this host's clock
   * @param there the other one's answer
   * @param answered when the answer was there, by this host's clock
   */
  public static ClockSkew measured(Instant asked, Instant there, Instant answered) {
    if (there.isBefore(asked)) {
      return new ClockSkew(Duration.between(there, asked));
    }
    return new ClockSkew(
        there.isAfter(answered) ? Duration.between(there, answered) : Duration.ZERO);
  }

  /** Whether it is more than two clocks in order differ by. */
  public boolean matters() {
    return ahead.abs().compareTo(MOST) > 0;
  }

  /**
   * What is wrong, and what to do.
   *
   * @param first whose clock the first one is, e.g. {@code this host's}
   * @param second whose the second one is
   */
  public String sentence(String first, String second) {
    return "%s clock is %d s %s %s; synchronize both with a time server (chrony, systemd-timesyncd)"
        .formatted(
            first, ahead.abs().toSeconds(), ahead.isNegative() ? "behind" : "ahead of", second);
  }
}
