package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * What a scan found on the chain.
 *
 * @param epoch the epoch that everything was asked at
 * @param live how many sectors the chain expects proofs of
 * @param faulty how many of them it counts as faulty
 * @param hosts the hosts whose stores are to be looked at
 */
public record LossScanChain(
    @JsonProperty("epoch") long epoch,
    @JsonProperty("live") long live,
    @JsonProperty("faulty") long faulty,
    @JsonProperty("hosts") List<String> hosts) {}
