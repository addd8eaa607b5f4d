package io.reseal.steps;

import java.time.Duration;
import java.util.Optional;

/**
 * How long a rebuild is left to a silent host that has its finished steps in scratch. The time
 * counts while that host could have reported: from when Temporal gave the silent hold up, and from
 * the end of the last outage of Temporal. Except for the length since that end, all times are the
 * server's, so that no host's clock matters.
 */
record HostGrace(long silentSince, Duration grace) {

  /**
   * Until when the rebuild is left to its host.
   *
   * @param now the server's time of this attempt, in epoch milliseconds
   * @param outageOver how long ago the last outage of Temporal ended that this host noticed
   * @return epoch milliseconds, or empty if another host may take it over
   */
  Optional<Long> waitsUntil(long now, Optional<Duration> outageOver) {
    long since =
        outageOver.map(over -> Math.max(silentSince, now - over.toMillis())).orElse(silentSince);
    long until = since + grace.toMillis();
    return now < until ? Optional.of(until) : Optional.empty();
  }
}
