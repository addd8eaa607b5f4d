package io.reseal.losses;

import com.fasterxml.jackson.annotation.JsonIgnore;

/**
 * A miner as the chain has it at one tipset.
 *
 * @param network the network's name
 * @param clock its deadlines, seen from that tipset
 * @param funds its money
 * @param estimates what fees are calculated from
 * @param consensusFaultUntil the last epoch at which it cannot declare recoveries because of a
 *     consensus fault; in the past, or negative, if it can
 */
public record MinerOnChain(
    long miner,
    String network,
    ProvingClock clock,
    MinerFunds funds,
    NetworkEstimates estimates,
    long consensusFaultUntil) {

  @JsonIgnore
  public boolean isInConsensusFault() {
    return clock.now() <= consensusFaultUntil;
  }
}
