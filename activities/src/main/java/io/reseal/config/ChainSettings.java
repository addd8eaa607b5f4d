package io.reseal.config;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * {@code [chain]}: the chain's clock, and the nodes that Reseal queries.
 *
 * @param genesis when height 0 began
 * @param epoch how long a height lasts
 * @param nodes the nodes to query, in this order; empty if there are none
 * @param plaintextTokens whether tokens of nodes and miners may cross a network unencrypted
 * @param requestsPerSecond the most requests per second to one node
 * @param timeout how long an answer may take
 */
public record ChainSettings(
    Instant genesis,
    Duration epoch,
    List<NodeAddress> nodes,
    boolean plaintextTokens,
    int requestsPerSecond,
    Duration timeout) {

  public static final int REQUESTS_PER_SECOND = 100;
  public static final Duration TIMEOUT = Duration.ofMinutes(1);

  /** The year 9999: no height is later than that. */
  private static final long LAST = Instant.parse("9999-12-31T00:00:00Z").toEpochMilli();

  public ChainSettings {
    nodes = List.copyOf(nodes);
  }

  /** A chain with a known clock and no nodes. */
  public ChainSettings(Instant genesis, Duration epoch) {
    this(genesis, epoch, List.of(), false, REQUESTS_PER_SECOND, TIMEOUT);
  }

  /** Filecoin's main network. */
  public static ChainSettings mainnet() {
    return new ChainSettings(Instant.parse("2020-08-24T22:00:00Z"), Duration.ofSeconds(30));
  }

  /** Epoch milliseconds when a height begins; empty if that is later than the year 9999. */
  public Optional<Long> millisOf(long height) {
    try {
      long at =
          Math.addExact(
              genesis.toEpochMilli(), Math.multiplyExact(epoch.toMillis(), Math.max(0, height)));
      return at <= LAST ? Optional.of(at) : Optional.empty();
    } catch (ArithmeticException e) {
      return Optional.empty();
    }
  }
}
